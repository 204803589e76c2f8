(* Inner products of several small numbers to a word.

   With F = 2^f, k numbers a_0 ... and b_0 ... become A = a_0 + a_1 F + ... and B = b_0 F^(k-1) + b_1 F^(k-2) + ...
   Their product is F^(k-1) (a_0 b_0 + a_1 b_1 + ...), with more below, which is small, and more from F^k on,
   which wraps away: F^k is a multiple of 2^63.  With k = 1 this is an inner product of words. *)

Require Import ZArith List Lia Bool.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words.
Import ListNotations.
Open Scope Z_scope.

Fixpoint dot (a b : list Z) : Z :=
  match a, b with
  | x :: a', y :: b' => x * y + dot a' b'
  | _, _ => 0
  end.

Lemma dot_nil : forall a, dot a [] = 0.
Proof. intros [| x a]; reflexivity. Qed.

(* ---- 1. Rows of words in memory: four to a cell, which is faster to walk than a list. ---- *)

Inductive cells := End | One (a : word) (rest : cells) | Four (a b c d : word) (rest : cells).

Fixpoint cells_of (l : list word) : cells :=
  match l with
  | a :: b :: c :: d :: rest => Four a b c d (cells_of rest)
  | a :: rest => One a (cells_of rest)
  | [] => End
  end.

Fixpoint word_product (s : word) (x y : cells) : word :=
  match x, y with
  | Four a b c d x', Four e f g h y' => word_product (s + a * e + b * f + c * g + d * h)%uint63 x' y'
  | One a x', One e y' => word_product (s + a * e)%uint63 x' y'
  | _, _ => s
  end.

Lemma word_product_is : forall n a b s, (length a <= n)%nat -> length a = length b ->
  same (signed (word_product s (cells_of a) (cells_of b))) (signed s + dot (map signed a) (map signed b)).
Proof.
  assert (forall s x y, same (signed (s + x * y)%uint63) (signed s + signed x * signed y)) as step.
  { intros; eapply same_trans; [apply add_same | apply same_add; [apply same_refl | apply mul_same]]. }
  induction n as [| n IH]; intros a b s short e.
  - destruct a, b; try discriminate; simpl in *; try lia; rewrite Z.add_0_r; apply same_refl.
  - destruct a as [| a0 [| a1 [| a2 [| a3 a]]]], b as [| b0 [| b1 [| b2 [| b3 b]]]]; simpl in e, short; try discriminate;
      cbn [cells_of word_product map dot]; rewrite ?Z.add_0_r, ?Z.add_assoc; try apply same_refl; try apply step.
    + eapply same_trans; [apply step |]; apply same_add; [apply step | apply same_refl].
    + eapply same_trans; [apply step |]; apply same_add; [| apply same_refl].
      eapply same_trans; [apply step |]; apply same_add; [apply step | apply same_refl].
    + eapply same_trans; [apply IH; lia |]; apply same_add; [| apply same_refl].
      eapply same_trans; [apply step |]; apply same_add; [| apply same_refl].
      eapply same_trans; [apply step |]; apply same_add; [| apply same_refl].
      eapply same_trans; [apply step |]; apply same_add; [apply step | apply same_refl].
Qed.

(* ---- 2. Packing. ---- *)

Section Packing.
  Variable f : Z. (* bits of a field *)
  Hypothesis f_positive : 0 < f.

  Definition F : Z := 2 ^ f.

  Lemma F_positive : 0 < F.
  Proof. apply Z.pow_pos_nonneg; lia. Qed.

  Fixpoint front (a : list Z) : Z := match a with [] => 0 | x :: a' => x + F * front a' end.
  Fixpoint back (k : nat) (b : list Z) : Z :=
    match k, b with
    | S k', y :: b' => y * F ^ Z.of_nat k' + back k' b'
    | _, _ => 0
    end.

  (* How much of `back` there can be, and how much of a product lies below F^(k-1), for numbers up to 1. *)
  Fixpoint reach (k : nat) : Z := match k with O => 0 | S k' => F ^ Z.of_nat k' + reach k' end.
  Fixpoint spill (k : nat) : Z := match k with O => 0 | S k' => F * spill k' + reach k' end.

  Lemma reach_positive : forall k, 0 <= reach k.
  Proof. pose proof F_positive; induction k; cbn [reach]; [lia |]; pose proof (Z.pow_nonneg F (Z.of_nat k)); lia. Qed.

  Lemma spill_positive : forall k, 0 <= spill k.
  Proof. pose proof F_positive; induction k; cbn [spill]; [lia |]; pose proof (reach_positive k); nia. Qed.

  Definition all_within (m : Z) (a : list Z) : Prop := Forall (fun x => Z.abs x <= m) a.

  Lemma back_within : forall k m b, 0 <= m -> all_within m b -> Z.abs (back k b) <= m * reach k.
  Proof.
    pose proof F_positive.
    induction k as [| k IH]; intros m [| y b] hm h; cbn [back reach]; try (simpl; lia).
    - pose proof (reach_positive k); pose proof (Z.pow_nonneg F (Z.of_nat k)); simpl Z.abs; nia.
    - inversion h; subst; specialize (IH m b hm ltac:(assumption)).
      pose proof (Z.pow_nonneg F (Z.of_nat k) ltac:(lia)).
      pose proof (Z.abs_triangle (y * F ^ Z.of_nat k) (back k b)).
      rewrite Z.abs_mul, (Z.abs_eq (F ^ _)) in * by assumption; nia.
  Qed.

  (* F^k is left out: it wraps away. *)
  Lemma product_of_fields : forall k m n a b, 0 <= m -> 0 <= n -> all_within m a -> all_within n b -> (length a <= S k)%nat ->
    exists e r, front a * back (S k) b = F ^ Z.of_nat k * dot a b + e + r * F ^ Z.of_nat (S k)
                /\ Z.abs e <= m * n * spill (S k).
  Proof.
    pose proof F_positive as fp.
    induction k as [| k IH]; intros m n a b hm hn ha hb short;
      (destruct a as [| x a]; [exists 0, 0; split; [cbn [front dot]; ring | simpl Z.abs; first [pose proof (spill_positive (S (S k))) | pose proof (spill_positive 1)]; nia] |]);
      (destruct b as [| y b]; [exists 0, 0; split; [cbn [front back dot]; ring | simpl Z.abs; first [pose proof (spill_positive (S (S k))) | pose proof (spill_positive 1)]; nia] |]).
    - destruct a as [| x' a]; [| simpl in short; lia].
      exists 0, 0; split; [| simpl Z.abs; pose proof (spill_positive 1); nia].
      cbn [front back dot]; change (F ^ Z.of_nat 0) with 1; destruct b; cbn [back dot]; ring.
    - inversion ha; inversion hb; subst; simpl in short.
      destruct (IH m n a b hm hn ltac:(assumption) ltac:(assumption) ltac:(lia)) as (e & r & eq & small).
      exists (F * e + x * back (S k) b), (r + front a * y); split.
      + change (back (S (S k)) (y :: b)) with (y * F ^ Z.of_nat (S k) + back (S k) b); cbn [front dot].
        replace ((x + F * front a) * (y * F ^ Z.of_nat (S k) + back (S k) b))
          with (x * y * F ^ Z.of_nat (S k) + x * back (S k) b + front a * y * (F * F ^ Z.of_nat (S k)) + F * (front a * back (S k) b)) by ring.
        rewrite eq, !(Nat2Z.inj_succ), !Z.pow_succ_r by lia; ring.
      + change (spill (S (S k))) with (F * spill (S k) + reach (S k)).
        pose proof (back_within (S k) n b hn ltac:(assumption)) as w.
        pose proof (Z.abs_triangle (F * e) (x * back (S k) b)); rewrite !Z.abs_mul, (Z.abs_eq F) in * by lia.
        assert (F * Z.abs e <= F * (m * n * spill (S k))) by (apply Z.mul_le_mono_nonneg_l; lia).
        assert (Z.abs x * Z.abs (back (S k) b) <= m * (n * reach (S k))) 
          by (apply Z.mul_le_mono_nonneg; [apply Z.abs_nonneg | assumption | apply Z.abs_nonneg | exact w]).
        replace (m * n * (F * spill (S k) + reach (S k))) with (F * (m * n * spill (S k)) + m * (n * reach (S k))) by ring.
        lia.
  Qed.
End Packing.

(* ---- 3. The same in words. ---- *)

Record fields := Fields { how_many : nat; width : word }. (* k - 1, and f *)

Definition fields_are_good (p : fields) : bool :=
  (1 <=? signed (width p)) && (63 <=? signed (width p) * Z.of_nat (S (how_many p))).

Fixpoint front_word (f : word) (a : list word) : word :=
  match a with [] => 0%uint63 | x :: a' => (x + (front_word f a' << f))%uint63 end.
Fixpoint power_word (f : word) (k : nat) : word := match k with O => 1%uint63 | S k' => (power_word f k' << f)%uint63 end.
Fixpoint back_word (f : word) (k : nat) (b : list word) : word :=
  match k, b with
  | S k', y :: b' => (y * power_word f k' + back_word f k' b')%uint63
  | _, _ => 0%uint63
  end.

Lemma shift_same : forall x f, 1 <= signed f -> same (signed (x << f)%uint63) (F (signed f) * signed x).
Proof.
  intros x f hf; eapply same_trans; [apply signed_same |]; rewrite Uint63.lsl_spec, (unsigned_is_signed f) by lia.
  eapply same_trans; [apply mod_same |]; rewrite Z.mul_comm; apply same_mul; [apply same_refl | apply same_sym, signed_same].
Qed.

Lemma front_word_same : forall f a, 1 <= signed f -> same (signed (front_word f a)) (front (signed f) (map signed a)).
Proof.
  intros f a hf; induction a as [| x a IH]; [apply same_refl |]; cbn [front_word map front].
  eapply same_trans; [apply add_same |]; apply same_add; [apply same_refl |].
  eapply same_trans; [apply shift_same, hf |]; apply same_mul; [apply same_refl | exact IH].
Qed.

Lemma power_word_same : forall f k, 1 <= signed f -> same (signed (power_word f k)) (F (signed f) ^ Z.of_nat k).
Proof.
  intros f k hf; induction k as [| k IH]; [apply same_refl |]; cbn [power_word].
  rewrite Nat2Z.inj_succ, Z.pow_succ_r by lia.
  eapply same_trans; [apply shift_same, hf |]; apply same_mul; [apply same_refl | exact IH].
Qed.

Lemma back_word_same : forall f k b, 1 <= signed f -> same (signed (back_word f k b)) (back (signed f) k (map signed b)).
Proof.
  intros f k; induction k as [| k IH]; intros [| y b] hf; cbn [back_word map back]; try apply same_refl.
  eapply same_trans; [apply add_same |]; apply same_add; [| apply IH, hf].
  eapply same_trans; [apply mul_same |]; apply same_mul; [apply same_refl | apply power_word_same, hf].
Qed.

(* A row in groups of k. *)
Fixpoint groups (fuel k : nat) (l : list word) : list (list word) :=
  match fuel, l with
  | S fuel', _ :: _ => firstn k l :: groups fuel' k (skipn k l)
  | _, _ => []
  end.

Definition pack_front (p : fields) (l : list word) : cells :=
  cells_of (map (front_word (width p)) (groups (length l) (S (how_many p)) l)).
Definition pack_back (p : fields) (l : list word) : cells :=
  cells_of (map (back_word (width p) (S (how_many p))) (groups (length l) (S (how_many p)) l)).

Lemma length_groups : forall fuel k a b, length a = length b -> length (groups fuel k a) = length (groups fuel k b).
Proof.
  induction fuel as [| fuel IH]; intros k [| x a] [| y b] e; try discriminate; auto.
  cbn [groups length]; f_equal; apply IH; rewrite !skipn_length; congruence.
Qed.

Lemma length_groups_at_most : forall fuel k a, (length (groups fuel k a) <= fuel)%nat.
Proof. induction fuel as [| fuel IH]; intros k [| x a]; cbn [groups length]; try lia; specialize (IH k (skipn k (x :: a))); lia. Qed.

Lemma dot_split : forall k a b, dot a b = dot (firstn k a) (firstn k b) + dot (skipn k a) (skipn k b).
Proof.
  induction k as [| k IH]; intros [| x a] [| y b]; cbn [firstn skipn dot]; rewrite ?dot_nil; try lia.
  rewrite (IH a b); ring.
Qed.

Lemma all_within_part : forall m k a, all_within m a -> all_within m (firstn k a) /\ all_within m (skipn k a).
Proof. intros m k a h; rewrite <- (firstn_skipn k a) in h; apply Forall_app in h; exact h. Qed.

Definition lowest (p : fields) : Z := F (signed (width p)) ^ Z.of_nat (how_many p). (* F^(k-1) *)

Theorem packed_product : forall p m n a b, fields_are_good p = true -> 0 <= m -> 0 <= n ->
  length a = length b -> all_within m (map signed a) -> all_within n (map signed b) ->
  exists e, same (signed (word_product 0%uint63 (pack_front p a) (pack_back p b)))
                 (lowest p * dot (map signed a) (map signed b) + e)
            /\ Z.abs e <= Z.of_nat (length a) * (m * n * spill (signed (width p)) (S (how_many p))).
Proof.
  intros [k f] m n a b good hm hn len ha hb; unfold fields_are_good in good; cbn [how_many width] in *; facts.
  assert (0 < signed f) as hf by lia.
  assert (forall r, same (r * F (signed f) ^ Z.of_nat (S k)) 0) as wraps.
  { intro r; unfold F; rewrite <- Z.pow_mul_r by lia.
    exists (r * 2 ^ (signed f * Z.of_nat (S k) - 63)).
    replace (2 ^ (signed f * Z.of_nat (S k))) with (2 ^ (signed f * Z.of_nat (S k) - 63) * (2 * half))
      by (change (2 * half) with (2 ^ 63); rewrite <- Z.pow_add_r by lia; f_equal; lia); ring. }
  set (front' := front_word f); set (back' := back_word f (S k)).
  assert (forall fuel a b, length a = length b -> (length a <= fuel)%nat -> all_within m (map signed a) -> all_within n (map signed b) ->
    exists e, same (dot (map signed (map front' (groups fuel (S k) a))) (map signed (map back' (groups fuel (S k) b))))
                   (F (signed f) ^ Z.of_nat k * dot (map signed a) (map signed b) + e)
              /\ Z.abs e <= Z.of_nat fuel * (m * n * spill (signed f) (S k))) as sums.
  { clear a b len ha hb; induction fuel as [| fuel IH]; intros a b len short ha hb.
    { destruct a; [| simpl in short; lia]; exists 0; split; [rewrite Z.mul_0_r; apply same_refl | simpl; lia]. }
    pose proof (spill_positive (signed f) hf (S k)) as sp.
    destruct a as [| x a], b as [| y b]; try discriminate.
    { exists 0; split; [cbn [map dot groups]; rewrite Z.mul_0_r; apply same_refl | simpl Z.abs; nia]. }
    remember (x :: a) as l; remember (y :: b) as o.
    assert (groups (S fuel) (S k) l = firstn (S k) l :: groups fuel (S k) (skipn (S k) l)) as -> by (subst; reflexivity).
    assert (groups (S fuel) (S k) o = firstn (S k) o :: groups fuel (S k) (skipn (S k) o)) as -> by (subst; reflexivity).
    pose proof (all_within_part m (S k) _ ha) as [ha1 ha2]; pose proof (all_within_part n (S k) _ hb) as [hb1 hb2].
    rewrite firstn_map, skipn_map in *.
    destruct (IH (skipn (S k) l) (skipn (S k) o)) as (e & se & small); auto.
    { rewrite !skipn_length; congruence. }
    { rewrite skipn_length; subst l; cbn [length] in *; lia. }
    destruct (product_of_fields (signed f) hf k m n (map signed (firstn (S k) l)) (map signed (firstn (S k) o)) hm hn ha1 hb1)
      as (e' & r & eq & small').
    { rewrite map_length; apply firstn_le_length. }
    exists (e' + e); split.
    2: { pose proof (Z.abs_triangle e' e); rewrite Nat2Z.inj_succ; lia. }
    cbn [map dot]; rewrite (dot_split (S k) (map signed l) (map signed o)), !firstn_map, !skipn_map.
    eapply same_trans.
    { apply same_add; [apply same_mul; [apply front_word_same | apply back_word_same]; lia | exact se]. }
    rewrite eq, Z.mul_add_distr_l.
    eapply same_trans; [apply same_add; [apply same_add; [apply same_refl | apply wraps] | apply same_refl] |].
    rewrite Z.add_0_r; replace (_ + (e' + e)) with (F (signed f) ^ Z.of_nat k * dot (map signed (firstn (S k) l)) (map signed (firstn (S k) o)) + e'
      + (F (signed f) ^ Z.of_nat k * dot (map signed (skipn (S k) l)) (map signed (skipn (S k) o)) + e)) by ring.
    apply same_refl. }
  destruct (sums (length a) a b len (le_n _) ha hb) as (e & se & small); exists e; split; [| exact small].
  unfold pack_front, pack_back, lowest; cbn [how_many width]; rewrite <- len.
  eapply same_trans; [eapply word_product_is; [apply le_n |] |].
  - rewrite !map_length; apply length_groups, len.
  - change (signed 0) with 0; rewrite Z.add_0_l; exact se.
Qed.
