(* Primitive words: integers modulo 2^63, read with a sign. *)

Require Import ZArith List Lia Bool.
From Coq Require Import Uint63 Sint63.
Import ListNotations.
Open Scope Z_scope.

Notation word := Uint63.int.
Notation signed := Sint63.to_Z.

Definition half : Z := 2 ^ 62.

Lemma wB_is : wB = 2 * half. Proof. reflexivity. Qed.

Lemma signed_range : forall x, - half <= signed x < half.
Proof.
  intro x; pose proof (Sint63.to_Z_bounded x) as [a b].
  rewrite Sint63.to_Z_min in a; rewrite Sint63.to_Z_max in b; change (wB / 2) with half in *; lia.
Qed.

(* ---- Equality modulo 2^63. ---- *)

Definition same (a b : Z) : Prop := exists k, a = b + k * (2 * half).

Lemma same_refl : forall a, same a a.
Proof. intro a; exists 0; lia. Qed.

Lemma same_sym : forall a b, same a b -> same b a.
Proof. intros a b [k e]; exists (- k); lia. Qed.

Lemma same_trans : forall a b c, same a b -> same b c -> same a c.
Proof. intros a b c [k e] [l f]; exists (k + l); lia. Qed.

Lemma same_add : forall a b c d, same a b -> same c d -> same (a + c) (b + d).
Proof. intros a b c d [k e] [l f]; exists (k + l); lia. Qed.

Lemma same_mul : forall a b c d, same a b -> same c d -> same (a * c) (b * d).
Proof.
  intros a b c d [k ->] [l ->].
  exists (b * l + k * d + k * l * (2 * half)); ring.
Qed.

Lemma same_is_equal : forall a b, same a b -> - half <= a < half -> - half <= b < half -> a = b.
Proof. intros a b [k e] ha hb; assert (k = 0) by (unfold half in *; lia); lia. Qed.

Lemma cmod_same : forall x, same (cmod x wB) x.
Proof.
  intro x; unfold same, cmod; change (wB / 2) with half; change wB with (2 * half).
  exists (- ((x + half) / (2 * half))).
  pose proof (Z.div_mod (x + half) (2 * half) ltac:(unfold half; lia)); lia.
Qed.

Lemma add_same : forall x y, same (signed (x + y)%uint63) (signed x + signed y).
Proof. intros; rewrite Sint63.add_spec; apply cmod_same. Qed.

Lemma sub_same : forall x y, same (signed (x - y)%uint63) (signed x - signed y).
Proof. intros; rewrite Sint63.sub_spec; apply cmod_same. Qed.

Lemma mul_same : forall x y, same (signed (x * y)%uint63) (signed x * signed y).
Proof. intros; rewrite Sint63.mul_spec; apply cmod_same. Qed.

Lemma signed_same : forall x, same (signed x) (Uint63.to_Z x).
Proof.
  intro x; pose proof (Sint63.to_Z_mod_Uint63to_Z x) as e.
  pose proof (Z.div_mod (signed x) wB ltac:(discriminate)); exists (signed x / wB); rewrite <- wB_is; lia.
Qed.

Lemma mod_same : forall x, same (x mod wB) x.
Proof. intro x; pose proof (Z.div_mod x wB ltac:(discriminate)); exists (- (x / wB)); rewrite <- wB_is; lia. Qed.

(* ---- Where nothing wraps. ---- *)

Lemma add_exact : forall x y, - half <= signed x + signed y < half ->
  signed (x + y)%uint63 = signed x + signed y.
Proof. intros x y small; apply same_is_equal; [apply add_same | apply signed_range | exact small]. Qed.

Lemma sub_exact : forall x y, - half <= signed x - signed y < half ->
  signed (x - y)%uint63 = signed x - signed y.
Proof. intros x y small; apply same_is_equal; [apply sub_same | apply signed_range | exact small]. Qed.

Lemma mul_exact : forall x y, - half <= signed x * signed y < half ->
  signed (x * y)%uint63 = signed x * signed y.
Proof. intros x y small; apply same_is_equal; [apply mul_same | apply signed_range | exact small]. Qed.

Lemma unsigned_is_signed : forall x, 0 <= signed x -> Uint63.to_Z x = signed x.
Proof.
  intros x h; pose proof (signed_range x); pose proof (Uint63.to_Z_bounded x) as u; rewrite wB_is in u.
  destruct (signed_same x) as [k e]; assert (k = 0) by (unfold half in *; lia); lia.
Qed.

Lemma eq_word : forall x y, (x =? y)%uint63 = true -> x = y.
Proof. intros x y h; apply Uint63.eqb_spec, h. Qed.

Lemma lt_signed : forall x y, (x <? y)%sint63 = true -> signed x < signed y.
Proof. intros x y h; destruct (Sint63.ltbP x y); [assumption | discriminate]. Qed.

Lemma le_signed : forall x y, (x <=? y)%sint63 = true -> signed x <= signed y.
Proof. intros x y h; destruct (Sint63.lebP x y); [assumption | discriminate]. Qed.

(* Tests as facts. *)
Ltac facts := repeat match goal with
  | h : _ && _ = true |- _ => apply andb_prop in h; destruct h
  | h : (_ =? _)%uint63 = true |- _ => apply eq_word in h
  | h : (_ <? _)%sint63 = true |- _ => apply lt_signed in h
  | h : (_ <=? _)%sint63 = true |- _ => apply le_signed in h
  | h : (_ <=? _) = true |- _ => apply Z.leb_le in h
  | h : (_ <? _) = true |- _ => apply Z.ltb_lt in h
  end.

(* |x| <= m *)
Definition within (m x : word) : bool := (0 <=? m)%sint63 && (0 - m <=? x)%sint63 && (x <=? m)%sint63.

Lemma within_is : forall m x, within m x = true -> Z.abs (signed x) <= signed m.
Proof.
  unfold within; intros m x h; facts; pose proof (signed_range m).
  rewrite sub_exact in *; rewrite ?Sint63.to_Z_0 in *; lia.
Qed.

(* ---- x * 2^s, where it fits. ---- *)

Definition top : word := 2305843009213693952%uint63. (* 2^61 *)

Definition shifts (x s : word) : bool :=
  (0 <=? s)%sint63 && (s <=? 61)%sint63 && within (top >> s)%uint63 x.

Lemma shifted : forall x s, shifts x s = true ->
  0 <= signed s <= 61 /\ signed (x << s)%uint63 = signed x * 2 ^ signed s
  /\ Z.abs (signed x * 2 ^ signed s) <= 2 ^ 61.
Proof.
  unfold shifts; intros x s h; apply andb_prop in h; destruct h as [h w]; apply within_is in w; facts.
  change (signed 0) with 0 in *; change (signed 61) with 61 in *.
  assert (Uint63.to_Z s = signed s) as us by (apply unsigned_is_signed; lia).
  assert (signed (top >> s)%uint63 = 2 ^ (61 - signed s)) as room.
  { assert (Uint63.to_Z (top >> s)%uint63 = 2 ^ (61 - signed s)) as e.
    { rewrite Uint63.lsr_spec, us; change (Uint63.to_Z top) with (2 ^ 61).
      rewrite <- Z.pow_sub_r by lia; reflexivity. }
    assert (0 < 2 ^ (61 - signed s) <= 2 ^ 61) as r.
    { split; [apply Z.pow_pos_nonneg; lia | apply Z.pow_le_mono_r; lia]. }
    rewrite <- e; pose proof (signed_range (top >> s)%uint63).
    destruct (signed_same (top >> s)%uint63) as [k f]; assert (k = 0) by (unfold half in *; lia); lia. }
  rewrite room in w.
  assert (Z.abs (signed x * 2 ^ signed s) <= 2 ^ 61) as small.
  { rewrite Z.abs_mul, (Z.abs_eq (2 ^ _)) by (apply Z.pow_nonneg; lia).
    replace (2 ^ 61) with (2 ^ (61 - signed s) * 2 ^ signed s) by (rewrite <- Z.pow_add_r by lia; f_equal; lia).
    apply Z.mul_le_mono_nonneg_r; [apply Z.pow_nonneg; lia | exact w]. }
  split; [lia | split; [| exact small]].
  apply same_is_equal; [| apply signed_range | unfold half; lia].
  eapply same_trans; [apply signed_same |]; rewrite Uint63.lsl_spec, us.
  eapply same_trans; [apply mod_same |]; apply same_mul; [apply same_sym, signed_same | apply same_refl].
Qed.
