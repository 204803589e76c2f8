(* Kraft's inequality: heights below h whose powers of two fit in 2^h have prefix-free words.

   Proved: if every h_c < h and sum 2^h_c <= 2^h, there are words of h - h_c >= 1 bits of which none
   begins with another, in the order of the heights.
   Used for: kraft_tree.v, where they are the words of a node's children.
   Not here: the words that hrgeom/constructions/covers/_laminar_trie.py makes; it takes the
   children in the same descending order, and gives each the next free number. *)

Require Import List Lia Arith Permutation Sorted Mergesort trees.
Import ListNotations.

Definition incomparable {A} (a b : list A) : Prop := ~ prefix a b /\ ~ prefix b a.

Definition weight (hs : list nat) : nat := list_sum (map (fun x => 2 ^ x) hs).

Lemma weight_app : forall a b, weight (a ++ b) = weight a + weight b.
Proof. intros; unfold weight; rewrite map_app, list_sum_app; reflexivity. Qed.

Lemma divides_power : forall x y, y <= x -> Nat.divide (2 ^ y) (2 ^ x).
Proof.
  intros x y le; exists (2 ^ (x - y)); rewrite <- Nat.pow_add_r; f_equal; lia.
Qed.

(* Taken in descending order, heights fill any room that they divide, or all of them fit. *)
Lemma fill : forall hs room,
  StronglySorted ge hs -> (forall x, In x hs -> Nat.divide (2 ^ x) room) ->
  exists a b, hs = a ++ b /\ weight a <= room /\ (b = [] \/ weight a = room).
Proof.
  induction hs as [| x hs IH]; intros room sorted divides.
  - exists [], []; unfold weight; simpl; repeat split; auto; lia.
  - destruct (Nat.eq_dec room 0) as [-> | some].
    + exists [], (x :: hs); unfold weight; simpl; auto.
    + apply StronglySorted_inv in sorted; destruct sorted as [sorted largest].
      pose proof (divides x (or_introl eq_refl)) as here.
      assert (2 ^ x <= room) by (apply Nat.divide_pos_le; [lia | exact here]).
      destruct (IH (room - 2 ^ x) sorted) as (a & b & -> & le & full).
      * intros y inside; apply Nat.divide_sub_r.
        -- apply divides; right; exact inside.
        -- apply divides_power; rewrite Forall_forall in largest; specialize (largest y inside);
          lia.
      * exists (x :: a), b; unfold weight in *; simpl; repeat split; try lia.
        destruct full; [left; assumption | right; lia].
Qed.

Definition prefix_free (ws : list (list bool)) : Prop := ForallOrdPairs incomparable ws.

Lemma incomparable_sym : forall a b : list bool, incomparable a b -> incomparable b a.
Proof. unfold incomparable; tauto. Qed.

Lemma prefix_free_app : forall a b, prefix_free a -> prefix_free b ->
  (forall x y, In x a -> In y b -> incomparable x y) -> prefix_free (a ++ b).
Proof.
  induction a as [| w a IH]; intros b ha hb cross; [exact hb |].
  inversion ha; subst; simpl; constructor.
  - apply Forall_app; split; [assumption |].
    apply Forall_forall; intros y inside; apply cross; [left; reflexivity | exact inside].
  - apply IH; auto; intros; apply cross; [right |]; assumption.
Qed.

Lemma prefix_free_cons_bit : forall bit ws, prefix_free ws -> prefix_free (map (cons bit) ws).
Proof.
  intros bit ws h; induction h as [| w ws all _ IH]; simpl; constructor; [| exact IH].
  apply Forall_map; eapply Forall_impl; [| exact all].
  intros other [a b]; split; simpl; tauto.
Qed.

Lemma prefix_free_permuted : forall a b, Permutation a b -> prefix_free a -> prefix_free b.
Proof.
  intros a b p; induction p; intro h; auto.
  - inversion h; subst; constructor; [| apply IHp; assumption].
    eapply Permutation_Forall; eassumption.
  - inversion h as [| ? ? first rest]; subst; inversion rest as [| ? ? second tail]; subst.
    inversion first; subst; constructor; [constructor; [apply incomparable_sym |]; assumption |].
    constructor; assumption.
Qed.

Lemma has_length_cons : forall bit h hs ws,
  Forall2 (fun x (w : list bool) => length w + x = h) hs ws ->
  Forall2 (fun x (w : list bool) => length w + x = S h) hs (map (cons bit) ws).
Proof. intros bit h hs ws f; induction f; simpl; constructor; simpl; auto; lia. Qed.

Lemma kraft_sorted : forall h hs,
  StronglySorted ge hs -> Forall (fun x => x <= h) hs -> weight hs <= 2 ^ h ->
  exists ws, Forall2 (fun x (w : list bool) => length w + x = h) hs ws /\ prefix_free ws.
Proof.
  induction h as [| h IH]; intros hs sorted small fits.
  - destruct hs as [| x hs].
    + exists []; split; constructor.
    + inversion small; subst; assert (x = 0) by lia; subst.
      destruct hs as [| y hs].
      * exists [[]]; split; repeat constructor.
      * unfold weight in fits; simpl in fits; pose proof (Nat.pow_nonzero 2 y); lia.
  - destruct hs as [| x hs]; [exists []; split; constructor |].
    destruct (Nat.eq_dec x (S h)) as [-> | lower].
    + destruct hs as [| y hs]; [exists [[]]; split; repeat constructor; simpl; lia |].
      unfold weight in fits; simpl in fits; pose proof (Nat.pow_nonzero 2 y); lia.
    + assert (Forall (fun y => y <= h) (x :: hs)) as lower_all.
      { apply StronglySorted_inv in sorted; destruct sorted as [_ largest].
        inversion small; subst; constructor; [lia |].
        eapply Forall_impl; [| exact largest]; simpl; lia. }
      destruct (fill (x :: hs) (2 ^ h) sorted) as (a & b & split_here & le & full).
      { intros y inside; apply divides_power; rewrite Forall_forall in lower_all; auto. }
      rewrite split_here in *.
      assert (weight b <= 2 ^ h) as rest.
      { destruct full as [-> | full]; [unfold weight; simpl; lia |].
        rewrite weight_app in fits; simpl in fits; lia. }
      assert (StronglySorted ge a /\ StronglySorted ge b) as [sa sb].
      { clear -sorted; induction a as [| z a IHa]; simpl in *;
          [split; [constructor | exact sorted] |].
        apply StronglySorted_inv in sorted; destruct sorted as [s f]; destruct (IHa s).
        split; [| assumption]; constructor; [assumption |]; apply Forall_app in f; tauto. }
      apply Forall_app in lower_all; destruct lower_all as [la lb].
      destruct (IH a sa la le) as (wa & lengths_a & free_a).
      destruct (IH b sb lb rest) as (wb & lengths_b & free_b).
      exists (map (cons true) wa ++ map (cons false) wb); split.
      * apply Forall2_app; apply has_length_cons; assumption.
      * apply prefix_free_app; try (apply prefix_free_cons_bit; assumption).
        intros u v hu hv; apply in_map_iff in hu, hv.
        destruct hu as (? & <- & _), hv as (? & <- & _); split; simpl; intros [absurd _];
          discriminate.
Qed.

Module Descending <: Orders.TotalLeBool.
  Definition t := nat.
  Definition leb x y := Nat.leb y x.
  Lemma leb_total : forall x y, leb x y = true \/ leb y x = true.
  Proof. unfold leb; intros; rewrite !Nat.leb_le; lia. Qed.
End Descending.
Module Sorter := Sort Descending.

Theorem kraft : forall h hs,
  Forall (fun x => x < h) hs -> weight hs <= 2 ^ h ->
  exists ws, Forall2 (fun x (w : list bool) => length w + x = h /\ w <> []) hs ws /\ prefix_free ws.
Proof.
  intros h hs small fits.
  pose proof (Sorter.Permuted_sort hs) as p.
  assert (StronglySorted ge (Sorter.sort hs)) as sorted.
  { assert (Relations_1.Transitive (fun x y => is_true (Descending.leb x y))) as trans
      by (intros x y z; unfold is_true, Descending.leb; rewrite !Nat.leb_le; lia).
    pose proof (Sorter.StronglySorted_sort hs trans) as s; clear -s.
    induction s as [| x l s IH f]; constructor; [exact IH |].
    eapply Forall_impl; [| exact f]; intros y hy; unfold is_true, Descending.leb in hy.
    apply Nat.leb_le in hy; lia. }
  destruct (kraft_sorted h (Sorter.sort hs)) as (ws & lengths & free); auto.
  - eapply Permutation_Forall; [exact p |]; eapply Forall_impl; [| exact small]; simpl; lia.
  - unfold weight in *; rewrite <- (Permutation_list_sum (Permutation_map _ p)); exact fits.
  - destruct (Permutation_Forall2 (Permutation_sym p) lengths) as (vs & q & f).
    exists vs; split; [| exact (prefix_free_permuted _ _ q free)].
    clear -f small; induction f; constructor.
    + inversion_clear small; split; [assumption |]; intros ->; simpl in *; lia.
    + apply IHf; inversion_clear small; assumption.
Qed.

Print Assumptions kraft.
