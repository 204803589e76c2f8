(* Stored numbers as whole numbers, columns of rows, and signs of scores against a threshold. *)

Require Import ZArith QArith Qpower List Lia Bool.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance packing levels.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Whole numbers, fast where they are small. ---- *)

Fixpoint z_bits (fuel : nat) (x : word) : Z :=
  match fuel with
  | O => 0
  | S fuel' =>
      if (x =? 0)%uint63 then 0
      else (if (x land 1 =? 0)%uint63 then Z.double else Z.succ_double) (z_bits fuel' (x >> 1)%uint63)
  end.

Definition z_of (x : word) : Z := if (x <? 0)%sint63 then - z_bits 63 (0 - x)%uint63 else z_bits 63 x.

Lemma z_bits_are : forall fuel x, Uint63.to_Z x < 2 ^ Z.of_nat fuel -> z_bits fuel x = Uint63.to_Z x.
Proof.
  induction fuel as [| fuel IH]; intros x h; pose proof (Uint63.to_Z_bounded x) as r; [simpl in *; lia |].
  cbn [z_bits]; destruct (x =? 0)%uint63 eqn:z; [apply eq_word in z; subst; reflexivity |].
  assert (Uint63.to_Z (x >> 1)%uint63 < 2 ^ Z.of_nat fuel) as less.
  { rewrite half_of_word; apply Z.div_lt_upper_bound; [lia |].
    rewrite Nat2Z.inj_succ, Z.pow_succ_r in h by lia; exact h. }
  pose proof (Z.div_mod (Uint63.to_Z x) 2 ltac:(lia)) as dm; pose proof (Z.mod_pos_bound (Uint63.to_Z x) 2 ltac:(lia)) as mp.
  rewrite <- low_bit, <- half_of_word in dm; rewrite <- low_bit in mp.
  destruct (x land 1 =? 0)%uint63 eqn:e; rewrite (IH _ less), ?Z.double_spec, ?Z.succ_double_spec.
  - apply eq_word in e; rewrite e in dm; change (Uint63.to_Z 0) with 0 in dm; lia.
  - assert (Uint63.to_Z (x land 1)%uint63 <> 0); [| lia].
    intro e0; apply (Uint63.to_Z_inj _ 0%uint63) in e0; rewrite e0 in e; discriminate.
Qed.

Lemma z_of_is : forall x, z_of x = signed x.
Proof.
  intro x; unfold z_of; rewrite !z_bits_are by (apply Uint63.to_Z_bounded).
  pose proof (signed_range x) as r; destruct (Sint63.ltbP x 0) as [less | more]; change (signed 0) with 0 in *.
  - destruct (signed_same (0 - x)) as [k e]; destruct (sub_same 0 x) as [l f]; change (signed 0) with 0 in f.
    pose proof (Uint63.to_Z_bounded (0 - x)) as u; rewrite wB_is in u; unfold half in *.
    assert (k = l) by lia; lia.
  - symmetry; symmetry; apply unsigned_is_signed; lia.
Qed.

(* x * 2^s, if it is whole. *)
Definition whole_at (s : Z) (x : number) : option Z :=
  if (fst x =? 0)%uint63 then Some 0
  else let e := z_of (snd x) + s in if 0 <=? e then Some (Z.shiftl (z_of (fst x)) e) else None.

Fixpoint wholes (s : Z) (xs : list number) : option (list Z) :=
  match xs with
  | [] => Some []
  | x :: rest => match whole_at s x, wholes s rest with Some z, Some zs => Some (z :: zs) | _, _ => None end
  end.

Definition product_of (a b : list number) : Q := product (map value a) (map value b).

Lemma whole_at_is : forall s x z, whole_at s x = Some z -> (inject_Z z == value x * 2 ^ s)%Q.
Proof.
  intros s [m e] z h; unfold whole_at, value in *; cbn [fst snd] in *; rewrite !z_of_is in h.
  destruct (m =? 0)%uint63 eqn:zero.
  - apply eq_word in zero; subst; injection h as <-; change (signed 0) with 0; change (inject_Z 0) with 0%Q; ring.
  - destruct (0 <=? _) eqn:p; [apply Z.leb_le in p | discriminate]; injection h as <-.
    rewrite Z.shiftl_mul_pow2, inject_Z_mult, Zpower_Qpower, Qpower_plus by (exact two_not_0 || exact p).
    change (inject_Z 2) with 2%Q; ring.
Qed.

Lemma wholes_product : forall s t a b zs ws, wholes s a = Some zs -> wholes t b = Some ws ->
  (inject_Z (dot zs ws) == product_of a b * 2 ^ (s + t))%Q.
Proof.
  intros s t; unfold product_of; induction a as [| x a IH]; intros b zs ws ha hb; cbn [wholes] in ha.
  - injection ha as <-; cbn [dot map product]; change (inject_Z 0) with 0%Q; ring.
  - destruct (whole_at s x) as [z |] eqn:hx; [| discriminate]; destruct (wholes s a) as [zs' |]; [| discriminate].
    injection ha as <-; destruct b as [| y b]; cbn [wholes] in hb.
    + injection hb as <-; cbn [dot map product]; change (inject_Z 0) with 0%Q; ring.
    + destruct (whole_at t y) as [w |] eqn:hy; [| discriminate]; destruct (wholes t b) as [ws' |] eqn:eb; [| discriminate].
      injection hb as <-; cbn [dot map product]; rewrite inject_Z_plus, inject_Z_mult, (IH b zs' ws' eq_refl eb).
      rewrite (whole_at_is _ _ _ hx), (whole_at_is _ _ _ hy), Qpower_plus by exact two_not_0; ring.
Qed.

(* ---- 2. Columns. ---- *)

Definition is_zero (x : number) : bool := (fst x =? 0)%uint63.
Definition columns (from width : nat) (xs : list number) : list number := firstn width (skipn from xs).

Lemma product_split : forall n a b, (product_of a b == product_of (firstn n a) (firstn n b) + product_of (skipn n a) (skipn n b))%Q.
Proof.
  unfold product_of; induction n as [| n IH]; intros a b; [cbn [firstn skipn map product]; ring |].
  destruct a as [| x a]; [cbn [firstn skipn map product]; ring |].
  destruct b as [| y b]; [cbn [firstn skipn map product]; destruct (map value (skipn n a)); cbn [product]; ring |].
  cbn [firstn skipn map product]; rewrite (IH a b); ring.
Qed.

Lemma product_with_zeros : forall b a, forallb is_zero b = true -> (product_of a b == 0)%Q.
Proof.
  unfold product_of; induction b as [| y b IH]; intros [| x a] h; try reflexivity.
  cbn [forallb] in h; apply andb_prop in h; destruct h as [z h]; cbn [map product]; rewrite (IH a h).
  unfold is_zero in z; apply eq_word in z; unfold value at 2; rewrite z; change (inject_Z (signed 0)) with 0%Q; ring.
Qed.

(* A document: zeros but for the columns of its class and those from `own` on. *)
Definition only_in (from width own : nat) (v : list number) : bool :=
  forallb is_zero (firstn from v) && Nat.leb (from + width) own
  && forallb is_zero (firstn (own - (from + width)) (skipn (from + width) v)).

Lemma skip_more : forall {A} i j (l : list A), skipn j (skipn i l) = skipn (i + j) l.
Proof. intros A i j l; revert i; induction l as [| x l IH]; intros [| i]; cbn [skipn plus]; rewrite ?skipn_nil; auto. Qed.

Lemma product_is_two_parts : forall from width own q v, only_in from width own v = true ->
  (product_of q v == product_of (columns from width q) (columns from width v) + product_of (skipn own q) (skipn own v))%Q.
Proof.
  intros from width own q v h; unfold only_in in h; apply andb_prop in h; destruct h as [h after].
  apply andb_prop in h; destruct h as [before less]; apply Nat.leb_le in less; unfold columns.
  rewrite (product_split from q v), (product_with_zeros (firstn from v)) by exact before.
  rewrite (product_split width (skipn from q)), !skip_more.
  rewrite (product_split (own - (from + width)) (skipn (from + width) q)), (product_with_zeros (firstn (own - _) _)) by exact after.
  rewrite !skip_more; replace (from + width + (own - (from + width)))%nat with own by lia; ring.
Qed.

(* ---- 3. Scores against a threshold. ---- *)

(* Scales are positive; where there is a threshold they are 1. *)
Definition good_scale (extra : number) (r : row) : bool :=
  (0 <? fst (scale r))%sint63 && (if is_zero extra then true else (fst (scale r) =? 1)%uint63 && (snd (scale r) =? 0)%uint63).

Lemma sign_of_product : forall extra q v s D, good_scale extra q = true -> good_scale extra v = true ->
  (inject_Z D == (product_of (numbers q) (numbers v) + value extra) * 2 ^ s)%Q ->
  (0 < D -> (threshold_of extra < score q v)%Q) /\ (D < 0 -> (score q v < threshold_of extra)%Q).
Proof.
  intros extra q v s D hq hv e; unfold good_scale in *; apply andb_prop in hq, hv; destruct hq as [pq tq], hv as [pv tv].
  assert (forall x, (0 <? fst x)%sint63 = true -> (0 < value x)%Q) as positive.
  { intros x h; apply lt_signed in h; change (signed 0) with 0 in h; unfold value; apply Qmult_lt_0_compat.
    - rewrite Zlt_Qlt in h; exact h.
    - apply Qpower_0_lt; reflexivity. }
  apply positive in pq, pv; pose proof (Qmult_lt_0_compat _ _ pq pv) as w.
  assert (0 < 2 ^ s)%Q as two by (apply Qpower_0_lt; reflexivity).
  unfold score, threshold_of; fold (product_of (numbers q) (numbers v)); set (P := product_of _ _) in *.
  assert (((0 < D)%Z -> 0 < P + value extra)%Q /\ ((D < 0)%Z -> P + value extra < 0)%Q) as [more less].
  { split; intro h; rewrite Zlt_Qlt, e in h; [apply (Qmult_lt_r 0 _ _ two) | apply (Qmult_lt_r _ 0 _ two)]; rewrite Qmult_0_l; exact h. }
  destruct (is_zero extra) eqn:z.
  - unfold is_zero in z; apply eq_word in z.
    assert (value extra == 0)%Q as zero by (unfold value; rewrite z; change (inject_Z (signed 0)) with 0%Q; ring).
    rewrite zero in more, less |- *; rewrite Qplus_0_r in more, less; change (- 0)%Q with 0%Q.
    split; intro h; [apply Qmult_lt_0_compat; [exact w | exact (more h)] |].
    rewrite Qmult_comm; rewrite <- (Qmult_0_l (value (scale q) * value (scale v))); apply Qmult_lt_r; [exact w | exact (less h)].
  - assert (forall r, (fst (scale r) =? 1)%uint63 && (snd (scale r) =? 0)%uint63 = true -> (value (scale r) == 1)%Q) as ones.
    { intros r h; apply andb_prop in h; destruct h as [a b]; apply eq_word in a, b; unfold value; rewrite a, b; reflexivity. }
    rewrite (ones q tq), (ones v tv), !Qmult_1_l.
    split; intro h.
    + apply (Qplus_lt_l _ _ (value extra)); rewrite (Qplus_comm (- value extra)), Qplus_opp_r; exact (more h).
    + apply (Qplus_lt_l _ _ (value extra)); rewrite (Qplus_comm (- value extra)), Qplus_opp_r; exact (less h).
Qed.
