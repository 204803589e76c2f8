(* How a pair is decided: by inner products of words, and where these are too close to call, in Z.

   Everything that the producer adds to the stored numbers is a hint that is checked here: at a level, small whole
   numbers (`entries`) stand for a row up to a factor (`unit`), and where `blur` says so up to a rounding of 1. *)

Require Import ZArith QArith Qpower List Lia Bool.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement packing.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Rows in Z: the threshold is one more coordinate, -t beside queries and 1 beside documents. ---- *)

Definition one : number := (1%uint63, 0%uint63).

Definition power (s : Z) (c x : number) : Z := signed (snd c) + signed (snd x) + s.
Definition scaled (s : Z) (c x : number) : Z := signed (fst c) * signed (fst x) * 2 ^ power s c x.

(* `s` is a power of 2 that makes all of them whole. *)
Definition whole (s : Z) (extra : number) (r : row) : list Z :=
  scaled s one extra :: map (scaled s (scale r)) (numbers r).

Definition is_whole (s : Z) (extra : number) (r : row) : Prop :=
  0 <= power s one extra /\ Forall (fun x => 0 <= power s (scale r) x) (numbers r).

Open Scope Q_scope.

Lemma two_not_0 : ~ 2 == 0.
Proof. discriminate. Qed.

Lemma scaled_is : forall s c x, (0 <= power s c x)%Z -> inject_Z (scaled s c x) == value c * value x * 2 ^ s.
Proof.
  intros s c x h; unfold scaled, value.
  rewrite !inject_Z_mult, Zpower_Qpower by exact h; unfold power; rewrite !Qpower_plus by exact two_not_0.
  change (inject_Z 2) with 2; ring.
Qed.

Lemma scaled_product : forall s t c d a b,
  Forall (fun x => 0 <= power s c x)%Z a -> Forall (fun x => 0 <= power t d x)%Z b ->
  inject_Z (dot (map (scaled s c) a) (map (scaled t d) b))
  == value c * value d * product (map value a) (map value b) * 2 ^ (s + t).
Proof.
  intros s t c d a; induction a as [| x a IH]; intros [| y b] ha hb; simpl; try ring.
  inversion ha; inversion hb; subst.
  rewrite inject_Z_plus, inject_Z_mult, (IH b), !scaled_is by assumption.
  rewrite Qpower_plus by exact two_not_0; ring.
Qed.

Lemma value_one : value one == 1.
Proof. reflexivity. Qed.

Lemma whole_product : forall s t extra q v, is_whole s extra q -> is_whole t one v ->
  inject_Z (dot (whole s extra q) (whole t one v)) == (score q v + value extra) * 2 ^ (s + t).
Proof.
  intros s t extra q v [he hq] [ho hv]; unfold whole, score; cbn [dot].
  rewrite inject_Z_plus, inject_Z_mult, scaled_product, !scaled_is, value_one by assumption.
  rewrite Qpower_plus by exact two_not_0; ring.
Qed.

Definition threshold_of (extra : number) : Q := - value extra.

Lemma compare_score : forall s t extra q v, is_whole s extra q -> is_whole t one v ->
  (score q v ?= threshold_of extra) = (dot (whole s extra q) (whole t one v) ?= 0)%Z.
Proof.
  intros s t extra q v hq hv; pose proof (whole_product s t extra q v hq hv) as e.
  set (w := 2 ^ (s + t)) in *; set (D := dot _ _) in *; unfold threshold_of.
  assert (0 < w) as positive by (apply Qpower_0_lt; reflexivity).
  destruct (Z.compare_spec D 0) as [z | less | more].
  - apply Qeq_alt; rewrite z in e; symmetry in e; apply Qmult_integral in e.
    destruct e as [e | e]; [| exfalso; rewrite e in positive; discriminate].
    setoid_replace (score q v) with ((score q v + value extra) - value extra) by ring; rewrite e; ring.
  - apply Qlt_alt; rewrite Zlt_Qlt, e in less; apply (Qplus_lt_l _ _ (value extra)).
    rewrite Qplus_comm, (Qplus_comm (- value extra)), Qplus_opp_r; rewrite Qplus_comm.
    apply (Qmult_lt_r _ 0 w positive); rewrite Qmult_0_l; exact less.
  - apply Qgt_alt; rewrite Zlt_Qlt, e in more; apply (Qplus_lt_l _ _ (value extra)).
    rewrite (Qplus_comm (- value extra)), Qplus_opp_r.
    apply (Qmult_lt_r 0 _ w positive); rewrite Qmult_0_l; exact more.
Qed.

Close Scope Q_scope.

(* ---- 2. Whether an entry stands for a number. ---- *)

(* unit = (m, e) stands for m * 2^e, a whole number. *)
Definition size (unit : number) : Z := signed (fst unit) * 2 ^ signed (snd unit).
Definition of_bool (b : bool) : Z := if b then 1 else 0.
Definition near (b : bool) (u x : Z) (y : word) : Prop := Z.abs (x - u * signed y) <= of_bool b * u.

Definition near_in_Z (s : word) (unit : number) (b : bool) (c x : number) (y : word) : bool :=
  (0 <=? power (signed s) c x)
  && (Z.abs (scaled (signed s) c x - size unit * signed y) <=? of_bool b * size unit).

(* The same in words, where they suffice. *)
Definition small : word := 1073741824%uint63. (* 2^30 *)
Definition fits (x y : word) : bool :=
  if (x =? 1)%uint63 then within (top >> 1)%uint63 y else within small x && within small y.

Definition near_in_words (s : word) (unit : number) (b : bool) (c x : number) (y : word) : bool :=
  let up := (snd c + snd x + s)%uint63 in
  let a := (fst c * fst x)%uint63 in
  let z := (fst unit * y)%uint63 in
  let d := (up - snd unit)%uint63 in
  within small (snd c) && within small (snd x) && within small s && within small (snd unit)
  && (0 <=? up)%sint63 && fits (fst c) (fst x) && fits (fst unit) y
  && (if (0 <=? d)%sint63
      then shifts a d && within (if b then fst unit else 0%uint63) ((a << d) - z)%uint63
      else shifts z (0 - d)%uint63 && shifts (fst unit) (0 - d)%uint63
           && within (if b then fst unit << (0 - d) else 0)%uint63 (a - (z << (0 - d)))%uint63).

Definition stands_for (s : word) (unit : number) (b : bool) (c x : number) (y : word) : bool :=
  if near_in_words s unit b c x y then true else near_in_Z s unit b c x y.

Lemma fits_is : forall x y, fits x y = true ->
  signed (x * y)%uint63 = signed x * signed y /\ Z.abs (signed x * signed y) <= 2 ^ 60.
Proof.
  intros x y h; unfold fits in h.
  assert (Z.abs (signed x * signed y) <= 2 ^ 60) as bound.
  { destruct (x =? 1)%uint63 eqn:e.
    - apply eq_word in e; subst; apply within_is in h; change (signed (top >> 1)%uint63) with (2 ^ 60) in h.
      change (signed 1) with 1; lia.
    - facts; repeat match goal with w : within _ _ = true |- _ => apply within_is in w end.
      change (signed small) with (2 ^ 30) in *; rewrite Z.abs_mul.
      pose proof (Z.mul_le_mono_nonneg _ _ _ _ (Z.abs_nonneg (signed x)) H (Z.abs_nonneg (signed y)) H0); lia. }
  split; [apply mul_exact; unfold half; lia | exact bound].
Qed.

Lemma near_is : forall s unit b c x y, 0 < signed (fst unit) -> 0 <= signed (snd unit) ->
  stands_for s unit b c x y = true ->
  0 <= power (signed s) c x /\ near b (size unit) (scaled (signed s) c x) y.
Proof.
  intros s [um ue] b [cm ce] [xm xe] y hm he h; unfold stands_for in h.
  destruct (near_in_words _ _ _ _ _ _) eqn:w; [clear h | unfold near_in_Z in h; facts; auto].
  unfold near_in_words in w; cbn [fst snd] in *; unfold near, size, scaled, power; cbn [fst snd].
  apply andb_prop in w; destruct w as [w compared]; facts.
  repeat match goal with i : within _ _ = true |- _ => apply within_is in i end.
  match goal with i : fits cm xm = true |- _ => apply fits_is in i; destruct i as [ea ba] end.
  match goal with i : fits um y = true |- _ => apply fits_is in i; destruct i as [ez bz0] end.
  change (signed small) with (2 ^ 30) in *; change (signed 0) with 0 in *.
  assert (signed (ce + xe)%uint63 = signed ce + signed xe) as e1 by (apply add_exact; unfold half; lia).
  assert (signed (ce + xe + s)%uint63 = signed ce + signed xe + signed s) as e2
    by (rewrite add_exact; rewrite e1; [reflexivity | unfold half; lia]).
  assert (signed (ce + xe + s - ue)%uint63 = signed ce + signed xe + signed s - signed ue) as e3
    by (rewrite sub_exact; rewrite e2; [reflexivity | unfold half; lia]).
  set (up := signed ce + signed xe + signed s) in *; rewrite e2 in *.
  split; [lia |].
  set (a := (cm * xm)%uint63) in *; set (z := (um * y)%uint63) in *; set (d := (ce + xe + s - ue)%uint63) in *.
  assert (forall p q : Z, 0 <= q -> forall r, Z.abs p <= r -> Z.abs (p * 2 ^ q) <= r * 2 ^ q) as grow.
  { intros p q hq r hr; rewrite Z.abs_mul, (Z.abs_eq (2 ^ q)) by (apply Z.pow_nonneg; lia).
    apply Z.mul_le_mono_nonneg_r; [apply Z.pow_nonneg; lia | exact hr]. }
  destruct (0 <=? d)%sint63 eqn:sign.
  - apply le_signed in sign; change (signed 0) with 0 in sign.
    apply andb_prop in compared; destruct compared as [sh wi]; apply shifted in sh; destruct sh as (rd & sd & bd).
    apply within_is in wi; rewrite sub_exact, sd in wi by (unfold half in *; lia).
    assert (signed (if b then um else 0%uint63) = of_bool b * signed um) as eb
      by (destruct b; cbn [of_bool]; [lia | change (signed 0) with 0; lia]).
    rewrite eb in wi; rewrite ea, ez in wi.
    replace (signed cm * signed xm * 2 ^ up - signed um * 2 ^ signed ue * signed y)
      with ((signed cm * signed xm * 2 ^ signed d - signed um * signed y) * 2 ^ signed ue)
      by (replace up with (signed d + signed ue) by lia; rewrite Z.pow_add_r by lia; ring).
    rewrite Z.mul_assoc; apply grow; [lia | exact wi].
  - assert (signed d < 0) as negative by (destruct (Sint63.lebP 0 d); [discriminate | change (signed 0) with 0 in *; lia]).
    assert (signed (0 - d)%uint63 = - signed d) as ed
      by (rewrite sub_exact; change (signed 0) with 0; [lia | unfold half; lia]).
    apply andb_prop in compared; destruct compared as [sh wi]; apply andb_prop in sh; destruct sh as [shz shu].
    apply shifted in shz, shu; destruct shz as (rd & sz & bz), shu as (_ & su & bu); rewrite ed in *.
    apply within_is in wi; rewrite sub_exact, sz in wi by (unfold half in *; lia).
    assert (signed (if b then um << (0 - d) else 0)%uint63 = of_bool b * (signed um * 2 ^ - signed d)) as eb
      by (destruct b; cbn [of_bool]; [rewrite su; lia | change (signed 0) with 0; lia]).
    rewrite eb in wi; rewrite ea, ez in wi.
    replace (signed cm * signed xm * 2 ^ up - signed um * 2 ^ signed ue * signed y)
      with ((signed cm * signed xm - signed um * signed y * 2 ^ - signed d) * 2 ^ up)
      by (replace (signed ue) with (- signed d + up) by lia; rewrite Z.pow_add_r by lia; ring).
    replace (signed ue) with (- signed d + up) by lia; rewrite Z.pow_add_r, !Z.mul_assoc by lia.
    apply grow; [lia |]; rewrite <- !Z.mul_assoc in *; exact wi.
Qed.
