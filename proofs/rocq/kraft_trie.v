(* Kraft tries: one laminar class fits in h + 1 small integers, h at most (H - 1) + log2 n.

   A class is a forest; a node is the list of child numbers on the way from the virtual root, so that
   "at or above" is "prefix of".  Part 1: scores of codes.  Part 2: codes made of prefix-free words
   tell who is above whom.  Part 3: Kraft's inequality gives such words.  Part 4: the height. *)

Require Import ZArith List Lia Arith Permutation Sorted Mergesort.
Import ListNotations.

Fixpoint prefix {A} (a b : list A) : Prop :=
  match a, b with
  | [], _ => True
  | x :: a', y :: b' => x = y /\ prefix a' b'
  | _, [] => False
  end.

(* ---- 1. Scores.  Bits stand for +1 and -1; beyond the end of a code its entries are 0. ---- *)

Open Scope Z_scope.

Definition sign (b : bool) : Z := if b then 1 else -1.

Fixpoint dot (y c : list bool) : Z :=
  match y, c with
  | a :: y', b :: c' => sign a * sign b + dot y' c'
  | _, _ => 0
  end.

Definition score (y c : list bool) : Z := 2 * dot y c - (2 * Z.of_nat (length c) - 1).

Lemma dot_of_prefix : forall c y, prefix c y -> dot y c = Z.of_nat (length c).
Proof.
  induction c as [| b c IH]; intros [| a y] h; cbn [dot length prefix] in *; try tauto.
  destruct h as [<- h]; rewrite (IH y h), Nat2Z.inj_succ; destruct b; cbn [sign]; lia.
Qed.

Lemma dot_at_most : forall c y, dot y c <= Z.of_nat (length c).
Proof.
  induction c as [| b c IH]; intros [| a y]; cbn [dot length]; rewrite ?Nat2Z.inj_succ; try lia.
  specialize (IH y); destruct a, b; cbn [sign]; lia.
Qed.

Lemma dot_of_others : forall c y, ~ prefix c y -> dot y c <= Z.of_nat (length c) - 1.
Proof.
  induction c as [| b c IH]; intros [| a y] h; cbn [dot length prefix] in *;
    rewrite ?Nat2Z.inj_succ; [tauto | tauto | lia |].
  pose proof (dot_at_most c y) as most.
  destruct (Bool.bool_dec b a) as [-> | differ].
  - assert (~ prefix c y) as further by tauto; specialize (IH y further); destruct a; cbn [sign]; lia.
  - destruct a, b; cbn [sign]; try congruence; lia.
Qed.

Theorem a_match_scores_1 : forall c y, prefix c y -> score y c = 1.
Proof. intros c y h; unfold score; rewrite dot_of_prefix by assumption; lia. Qed.

Theorem others_score_at_most_minus_1 : forall c y, ~ prefix c y -> score y c <= -1.
Proof. intros c y h; unfold score; pose proof (dot_of_others c y h); lia. Qed.

Close Scope Z_scope.

(* ---- 2. Codes. ---- *)

Definition incomparable {A} (a b : list A) : Prop := ~ prefix a b /\ ~ prefix b a.

Lemma prefixes_of_one_list : forall {A} (a b c : list A), prefix a c -> prefix b c -> prefix a b \/ prefix b a.
Proof.
  intros A; induction a as [| x a IH]; intros [| y b] [| z c]; simpl; try tauto.
  intros [-> ha] [-> hb]; destruct (IH b c ha hb); tauto.
Qed.

Lemma prefix_app : forall {A} (w a b : list A), prefix (w ++ a) (w ++ b) <-> prefix a b.
Proof. intros A; induction w; simpl; intros; [tauto | rewrite IHw; tauto]. Qed.

Lemma prefix_of_app : forall {A} (a b : list A), prefix a (a ++ b).
Proof. intros A; induction a; simpl; auto. Qed.

Lemma app_prefix : forall {A} (a b c : list A), prefix (a ++ b) c -> prefix a c.
Proof.
  intros A; induction a as [| x a IH]; intros b [| y c]; simpl; try tauto.
  intros [-> h]; split; [reflexivity | exact (IH b c h)].
Qed.

Section Codes.
  Variable is_node : list nat -> Prop.
  Variable word : list nat -> nat -> list bool. (* of child i of a node *)
  Hypothesis parents_are_nodes : forall u i, is_node (u ++ [i]) -> is_node u.
  Hypothesis words_are_not_empty : forall u i, is_node (u ++ [i]) -> word u i <> [].
  Hypothesis siblings_are_incomparable : forall u i j,
    is_node (u ++ [i]) -> is_node (u ++ [j]) -> i <> j -> incomparable (word u i) (word u j).

  Fixpoint code_below (u path : list nat) : list bool :=
    match path with
    | [] => []
    | i :: rest => word u i ++ code_below (u ++ [i]) rest
    end.

  Definition code path := code_below [] path.

  Lemma node_above : forall rest u i, is_node (u ++ i :: rest) -> is_node (u ++ [i]).
  Proof.
    intros rest; induction rest as [| j rest IH] using rev_ind; intros u i h; [exact h |].
    apply IH; apply (parents_are_nodes (u ++ i :: rest) j).
    rewrite <- app_assoc; exact h.
  Qed.

  Lemma codes_tell_below : forall v u q,
    is_node (u ++ v) -> is_node (u ++ q) ->
    (prefix (code_below u v) (code_below u q) <-> prefix v q).
  Proof.
    induction v as [| i v IH]; intros u [| j q] hv hq; simpl; try tauto.
    - split; [| tauto]; intro h.
      pose proof (words_are_not_empty u i (node_above v u i hv)).
      destruct (word u i); simpl in h; tauto.
    - pose proof (node_above v u i hv) as ni; pose proof (node_above q u j hq) as nj.
      destruct (Nat.eq_dec i j) as [<- | differ].
      + rewrite prefix_app, IH by (rewrite <- app_assoc; assumption); tauto.
      + split; [| tauto]; intro h.
        destruct (siblings_are_incomparable u i j ni nj differ).
        apply app_prefix in h.
        destruct (prefixes_of_one_list _ _ _ h (prefix_of_app (word u j) (code_below (u ++ [j]) q))); tauto.
  Qed.

  (* A query stands at a node and matches the documents at or above it. *)
  Theorem a_forest_is_separated : forall v q, is_node v -> is_node q ->
    (prefix v q -> score (code q) (code v) = 1%Z)
    /\ (~ prefix v q -> (score (code q) (code v) <= -1)%Z).
  Proof.
    intros v q hv hq; pose proof (codes_tell_below v [] q hv hq) as same; unfold code; split; intro h.
    - apply a_match_scores_1; tauto.
    - apply others_score_at_most_minus_1; tauto.
  Qed.
End Codes.

(* ---- 3. Kraft: heights h_c below h with sum 2^h_c <= 2^h have prefix-free words of h - h_c bits. ---- *)

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
        -- apply divides_power; rewrite Forall_forall in largest; specialize (largest y inside); lia.
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
      { clear -sorted; induction a as [| z a IHa]; simpl in *; [split; [constructor | exact sorted] |].
        apply StronglySorted_inv in sorted; destruct sorted as [s f]; destruct (IHa s).
        split; [| assumption]; constructor; [assumption |]; apply Forall_app in f; tauto. }
      apply Forall_app in lower_all; destruct lower_all as [la lb].
      destruct (IH a sa la le) as (wa & lengths_a & free_a).
      destruct (IH b sb lb rest) as (wb & lengths_b & free_b).
      exists (map (cons true) wa ++ map (cons false) wb); split.
      * apply Forall2_app; apply has_length_cons; assumption.
      * apply prefix_free_app; try (apply prefix_free_cons_bit; assumption).
        intros u v hu hv; apply in_map_iff in hu, hv.
        destruct hu as (? & <- & _), hv as (? & <- & _); split; simpl; intros [absurd _]; discriminate.
Qed.

Module Descending <: Orders.TotalLeBool.
  Definition t := nat.
  Definition leb x y := Nat.leb y x.
  Theorem leb_total : forall x y, leb x y = true \/ leb y x = true.
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

(* ---- 4. The height of the virtual root is at most (H - 1) + log2 n. ---- *)

Inductive tree : Type := Node : list tree -> tree.

Section Induction.
  Variable P : tree -> Prop.
  Hypothesis step : forall children, Forall P children -> P (Node children).
  Fixpoint tree_induction (t : tree) : P t :=
    match t with
    | Node children =>
        step children
          ((fix all (ts : list tree) : Forall P ts :=
              match ts with
              | [] => Forall_nil P
              | t :: ts => Forall_cons t (tree_induction t) (all ts)
              end) children)
    end.
End Induction.

Definition max_of (ns : list nat) : nat := fold_right Nat.max 0 ns.

Fixpoint size (t : tree) : nat := match t with Node cs => S (list_sum (map size cs)) end.
Fixpoint levels (t : tree) : nat := match t with Node cs => S (max_of (map levels cs)) end.
Fixpoint height (t : tree) : nat :=
  match t with
  | Node [] => 0
  | Node cs => Nat.max (S (max_of (map height cs))) (Nat.log2_up (weight (map height cs)))
  end.

Lemma max_is_one_of : forall ns, ns <> [] -> In (max_of ns) ns.
Proof.
  induction ns as [| n ns IH]; [tauto |]; intros _; simpl.
  destruct ns as [| m ns]; [left; simpl; lia |].
  destruct (Nat.max_spec n (max_of (m :: ns))) as [[_ ->] | [_ ->]]; [right | left]; auto.
  apply IH; discriminate.
Qed.

Lemma max_is_largest : forall ns n, In n ns -> n <= max_of ns.
Proof.
  induction ns as [| m ns IH]; simpl; [tauto |]; intros n [-> | inside]; [lia |].
  specialize (IH n inside); lia.
Qed.

Lemma weight_bound : forall cs l,
  Forall (fun t => 2 ^ height t * 2 <= 2 ^ levels t * size t) cs ->
  (forall t, In t cs -> levels t <= l) ->
  weight (map height cs) * 2 <= 2 ^ l * list_sum (map size cs).
Proof.
  induction cs as [| t cs IH]; intros l all below; unfold weight in *; simpl; [lia |].
  inversion all as [| ? ? here rest]; subst.
  specialize (IH l rest (fun u h => below u (or_intror h))).
  pose proof (Nat.pow_le_mono_r 2 (levels t) l ltac:(lia) (below t (or_introl eq_refl))).
  nia.
Qed.

Theorem height_bound : forall t, 2 ^ height t * 2 <= 2 ^ levels t * size t.
Proof.
  induction t as [cs all] using tree_induction.
  destruct cs as [| c cs]; [simpl; lia |].
  set (ts := c :: cs) in *.
  pose proof (weight_bound ts (max_of (map levels ts)) all
    (fun t h => max_is_largest _ _ (in_map levels _ _ h))) as sum.
  assert (2 ^ S (max_of (map height ts)) * 2 <= 2 ^ levels (Node ts) * size (Node ts)) as one.
  { assert (In (max_of (map height ts)) (map height ts)) as found
      by (apply max_is_one_of; discriminate).
    apply in_map_iff in found; destruct found as (t & <- & inside).
    rewrite Forall_forall in all; specialize (all t inside).
    assert (levels t <= max_of (map levels ts)) as deep
      by (apply max_is_largest, in_map; exact inside).
    assert (size t <= list_sum (map size ts)) as part.
    { clear -inside; induction ts as [| u us IH]; simpl in *; [tauto |].
      destruct inside as [-> | inside]; [lia | specialize (IH inside); lia]. }
    pose proof (Nat.pow_le_mono_r 2 _ _ ltac:(lia) deep).
    change (levels (Node ts)) with (S (max_of (map levels ts))).
    change (size (Node ts)) with (S (list_sum (map size ts))).
    rewrite !Nat.pow_succ_r'; nia. }
  change (height (Node ts)) with
    (Nat.max (S (max_of (map height ts))) (Nat.log2_up (weight (map height ts)))).
  destruct (Nat.max_spec (S (max_of (map height ts))) (Nat.log2_up (weight (map height ts))))
    as [[_ ->] | [_ ->]]; [| exact one].
  destruct (le_lt_dec (weight (map height ts)) 1) as [small | large].
  - rewrite Nat.log2_up_eqn0 by lia.
    apply Nat.le_trans with (2 ^ S (max_of (map height ts)) * 2); [| exact one].
    pose proof (Nat.pow_le_mono_r 2 0 (S (max_of (map height ts))) ltac:(lia) ltac:(lia)); lia.
  - pose proof (Nat.log2_up_spec (weight (map height ts)) large) as [below _].
    destruct (Nat.log2_up (weight (map height ts))) as [| e] eqn:found; cbn [Nat.pred] in below.
    + exfalso; assert (Nat.log2_up (weight (map height ts)) > 0) by (apply Nat.log2_up_pos; lia); lia.
    + change (levels (Node ts)) with (S (max_of (map levels ts))).
      change (size (Node ts)) with (S (list_sum (map size ts))).
      rewrite !Nat.pow_succ_r'; nia.
Qed.

(* With n nodes on H levels: 2^h <= 2^(H - 1) n. *)
Corollary height_at_most : forall t, 2 ^ height t <= 2 ^ (levels t - 1) * size t.
Proof.
  intro t; pose proof (height_bound t) as h; destruct t as [cs].
  change (levels (Node cs)) with (S (max_of (map levels cs))) in *.
  rewrite Nat.pow_succ_r' in h.
  replace (S (max_of (map levels cs)) - 1) with (max_of (map levels cs)) by lia.
  nia.
Qed.

Print Assumptions a_forest_is_separated.
Print Assumptions kraft.
Print Assumptions height_at_most.
