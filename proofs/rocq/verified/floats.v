(* Floats are read as what they are: sign, exponent and fraction as (m, e), against Flocq's reading of the bits of IEEE 754. *)

Require Import ZArith QArith Qpower Qreals Reals Lia Lra Bool.
From Coq Require Import Uint63 Sint63.
From Flocq Require Import Core IEEE754.Binary IEEE754.Bits.
From Verified Require Import words statement relevance.
Close Scope Q_scope.
Close Scope R_scope.
Open Scope Z_scope.

(* ---- 1. The reader. ---- *)

(* m odd, unless it is 0. *)
Fixpoint shorten (fuel : nat) (m e : word) : number :=
  match fuel with
  | O => (m, e)
  | S fuel' => if (m land 1 =? 0)%uint63 then shorten fuel' (m >> 1)%uint63 (e + 1)%uint63 else (m, e)
  end.

(* `bits` of fraction; the exponent `largest` is that of infinities; the least positive number is 2^least. *)
Definition float_of (bits largest least : word) (negative : bool) (exponent fraction : word) : option number :=
  if (exponent <? largest)%uint63 then
    let m := if (exponent =? 0)%uint63 then fraction else (fraction + (1 << bits))%uint63 in
    let e := if (exponent =? 0)%uint63 then least else (exponent - 1 + least)%uint63 in
    if (m =? 0)%uint63 then Some (0%uint63, 0%uint63)
    else let s := shorten 64 m e in Some ((if negative then 0 - fst s else fst s)%uint63, snd s)
  else None.

(* ---- 2. Numbers as reals. ---- *)

Definition real (x : number) : R := (IZR (signed (fst x)) * bpow radix2 (signed (snd x)))%R.

Lemma Q2R_whole : forall z, Q2R (inject_Z z) = IZR z.
Proof. intro z; unfold Q2R, inject_Z; cbn [Qnum Qden]; field. Qed.

Lemma Q2R_power : forall z, Q2R (2 ^ z)%Q = bpow radix2 z.
Proof.
  assert (forall z, 0 <= z -> Q2R (2 ^ z)%Q = bpow radix2 z) as up.
  { intros z h; rewrite <- (IZR_Zpower radix2 z h), <- Q2R_whole; apply Qeq_eqR.
    change (radix_val radix2) with 2; rewrite Zpower_Qpower by exact h; reflexivity. }
  intro z; destruct (Z_le_gt_dec 0 z) as [h | h]; [apply up, h |].
  replace z with (- (- z)) by lia; set (p := - z); assert (0 <= p) by (unfold p; lia).
  rewrite bpow_opp, <- (up p) by assumption.
  rewrite (Qeq_eqR _ _ (Qpower_opp 2 p)); apply Q2R_inv.
  intro e; pose proof (Qpower_0_lt 2 p ltac:(reflexivity)) as q; rewrite e in q; discriminate.
Qed.

Lemma real_is_value : forall x, Q2R (value x) = real x.
Proof. intro x; unfold value, real; rewrite Q2R_mult, Q2R_whole, Q2R_power; reflexivity. Qed.

Lemma shorten_is : forall fuel m e, 0 <= signed m -> signed e + Z.of_nat fuel < half ->
  0 <= signed (fst (shorten fuel m e)) /\ real (shorten fuel m e) = real (m, e).
Proof.
  induction fuel as [| fuel IH]; intros m e hm he; cbn [shorten]; [split; [exact hm | reflexivity] |].
  destruct (m land 1 =? 0)%uint63 eqn:even; [| split; [exact hm | reflexivity]]; apply eq_word in even.
  pose proof (unsigned_is_signed m hm) as um; pose proof (half_of_word m) as hw; pose proof (low_bit m) as lb.
  rewrite even in lb; change (Uint63.to_Z 0) with 0 in lb.
  pose proof (Z.div_mod (Uint63.to_Z m) 2 ltac:(lia)) as dm.
  pose proof (signed_range m); pose proof (signed_range e).
  assert (signed (m >> 1)%uint63 = Uint63.to_Z (m >> 1)%uint63) as sm.
  { pose proof (signed_range (m >> 1)%uint63); destruct (signed_same (m >> 1)%uint63) as [k f].
    assert (k = 0) by (unfold half in *; lia); lia. }
  assert (signed (e + 1)%uint63 = signed e + 1) as se by (apply add_exact; change (signed 1) with 1; unfold half in *; lia).
  destruct (IH (m >> 1)%uint63 (e + 1)%uint63) as [p r]; [lia | lia |]; split; [exact p |]; rewrite r; unfold real; cbn [fst snd].
  rewrite sm, se, bpow_plus, <- um, dm, <- lb, Z.add_0_r, mult_IZR, hw; change (bpow radix2 1) with 2%R; ring.
Qed.

(* ---- 3. Against Flocq. ---- *)

Local Opaque shorten.

Section Format.
  Variables mw ew : Z.
  Hypothesis Hmw : 0 < mw.
  Hypothesis Hew : 0 < ew.
  Hypothesis Hmax : mw + 1 < 2 ^ (ew - 1).
  Hypothesis small_m : mw <= 52.
  Hypothesis small_e : ew <= 11.
  Variables bits largest least : word.
  Hypothesis bits_are : Uint63.to_Z bits = mw.
  Hypothesis largest_is : Uint63.to_Z largest = 2 ^ ew - 1.
  Hypothesis least_is : signed least = SpecFloat.emin (mw + 1) (2 ^ (ew - 1)).

  Theorem float_of_is : forall negative exponent fraction x,
    Uint63.to_Z fraction < 2 ^ mw -> float_of bits largest least negative exponent fraction = Some x ->
    Q2R (value x) = B2R _ _ (binary_float_of_bits mw ew Hmw Hew Hmax
                              (join_bits mw ew negative (Uint63.to_Z fraction) (Uint63.to_Z exponent))).
  Proof.
    intros negative exponent fraction x hf h; rewrite real_is_value; unfold float_of in h.
    destruct (exponent <? largest)%uint63 eqn:le; [apply Uint63.ltb_spec in le; rewrite largest_is in le | discriminate].
    pose proof (Uint63.to_Z_bounded fraction) as bf; pose proof (Uint63.to_Z_bounded exponent) as be.
    assert (2 ^ mw <= 2 ^ 52) as pm by (apply Z.pow_le_mono_r; lia); assert (2 ^ ew <= 2 ^ 11) as pe by (apply Z.pow_le_mono_r; lia).
    assert (2 ^ (ew - 1) <= 2 ^ 10) as pe1 by (apply Z.pow_le_mono_r; lia).
    assert (0 < 2 ^ mw) as ppm by (apply Z.pow_pos_nonneg; lia).
    assert (0 < 2 ^ (ew - 1)) as ppe by (apply Z.pow_pos_nonneg; lia).
    change (2 ^ 52) with 4503599627370496 in pm; change (2 ^ 11) with 2048 in pe; change (2 ^ 10) with 1024 in pe1.
    unfold binary_float_of_bits; rewrite B2R_FF2B; unfold binary_float_of_bits_aux.
    rewrite split_join_bits by lia.
    assert (forall w, 0 <= Uint63.to_Z w < half -> signed w = Uint63.to_Z w) as plain.
    { intros w hw; pose proof (signed_range w); destruct (signed_same w) as [k e]; assert (k = 0) by (unfold half in *; lia); lia. }
    assert (-2000 <= signed least <= 0) as bl.
    { rewrite least_is; unfold SpecFloat.emin; lia. }
    assert (forall m e p, signed m = Z.pos p -> signed e < half - 64 ->
      real ((if negative then 0 - fst (shorten 64 m e) else fst (shorten 64 m e))%uint63, snd (shorten 64 m e))
      = FF2R radix2 (F754_finite negative p (signed e))) as finite.
    { intros m e p hm he; destruct (shorten_is 64 m e ltac:(lia) ltac:(lia)) as [pos r].
      unfold FF2R, F2R; cbn [Fnum Fexp]; unfold real in *; cbn [fst snd] in *; rewrite hm in r.
      pose proof (signed_range (fst (shorten 64 m e))).
      destruct negative; cbn [SpecFloat.cond_Zopp].
      - rewrite sub_exact by (change (signed 0) with 0; unfold half in *; lia); change (signed 0) with 0.
        rewrite Z.sub_0_l, !opp_IZR, !Ropp_mult_distr_l_reverse, r; reflexivity.
      - exact r. }
    assert (Uint63.to_Z (1 << bits) = 2 ^ mw) as top_.
    { rewrite Uint63.lsl_spec, bits_are; change (Uint63.to_Z 1) with 1; rewrite Z.mul_1_l; apply Z.mod_small; rewrite wB_is; unfold half; lia. }
    destruct (exponent =? 0)%uint63 eqn:ez.
    - apply eq_word in ez; subst exponent; change (Uint63.to_Z 0) with 0; cbn [Zbool.Zeq_bool Z.compare].
      destruct (fraction =? 0)%uint63 eqn:fz.
      + apply eq_word in fz; subst fraction; injection h as <-; change (Uint63.to_Z 0) with 0; unfold real; cbn [fst snd FF2R].
        change (signed 0) with 0; ring.
      + injection h as <-; destruct (Uint63.to_Z fraction) as [| p | p] eqn:ef; [| | lia].
        * exfalso; apply (Uint63.to_Z_inj fraction 0) in ef; subst; discriminate.
        * rewrite (finite fraction least p) by (rewrite ?plain by (rewrite ef; unfold half; lia); unfold half; lia); rewrite least_is; reflexivity.
    - assert (Uint63.to_Z exponent <> 0) as some by (intro e0; apply (Uint63.to_Z_inj exponent 0) in e0; subst; discriminate).
      assert (Zbool.Zeq_bool (Uint63.to_Z exponent) 0 = false) as -> by (destruct (Zbool.Zeq_bool _ 0) eqn:q; [apply Zbool.Zeq_bool_eq in q; lia | reflexivity]).
      assert (Zbool.Zeq_bool (Uint63.to_Z exponent) (2 ^ ew - 1) = false) as ->
        by (destruct (Zbool.Zeq_bool _ (2 ^ ew - 1)) eqn:q; [apply Zbool.Zeq_bool_eq in q; lia | reflexivity]).
      set (m := (fraction + (1 << bits))%uint63) in *.
      assert (Uint63.to_Z m = Uint63.to_Z fraction + 2 ^ mw) as em.
      { unfold m; rewrite Uint63.add_spec, top_; apply Z.mod_small; rewrite wB_is; unfold half; lia. }
      destruct (m =? 0)%uint63 eqn:mz; [apply eq_word in mz; rewrite mz in em; change (Uint63.to_Z 0) with 0 in em; lia |].
      injection h as <-; destruct (Uint63.to_Z fraction + 2 ^ mw) as [| p | p] eqn:ep; [lia | | lia].
      assert (signed (exponent - 1 + least)%uint63 = Uint63.to_Z exponent + signed least - 1) as ee.
      { assert (signed exponent = Uint63.to_Z exponent) as e1 by (apply plain; unfold half; lia).
        assert (signed (exponent - 1)%uint63 = Uint63.to_Z exponent - 1) as e2
          by (rewrite sub_exact; rewrite e1; change (signed 1) with 1; [reflexivity | unfold half; lia]).
        rewrite add_exact; rewrite e2; [lia | unfold half; lia]. }
      rewrite (finite m _ p); [rewrite ee, least_is; reflexivity | rewrite plain; [exact em | rewrite em; unfold half; lia] | rewrite ee; unfold half; lia].
  Qed.
End Format.

(* ---- 4. The types. ---- *)

Definition float64_of := float_of 52 2047 (-1074)%sint63.
Definition float32_of := float_of 23 255 (-149)%sint63.
Definition float16_of := float_of 10 31 (-24)%sint63.
Definition bfloat16_of := float_of 7 255 (-133)%sint63.

Theorem float64_is : forall negative exponent fraction x,
  Uint63.to_Z fraction < 2 ^ 52 -> float64_of negative exponent fraction = Some x ->
  Q2R (value x) = B2R _ _ (b64_of_bits (join_bits 52 11 negative (Uint63.to_Z fraction) (Uint63.to_Z exponent))).
Proof. exact (float_of_is 52 11 eq_refl eq_refl eq_refl ltac:(lia) ltac:(lia) 52%uint63 2047%uint63 (-1074)%sint63 eq_refl eq_refl eq_refl). Qed.

Theorem float32_is : forall negative exponent fraction x,
  Uint63.to_Z fraction < 2 ^ 23 -> float32_of negative exponent fraction = Some x ->
  Q2R (value x) = B2R _ _ (b32_of_bits (join_bits 23 8 negative (Uint63.to_Z fraction) (Uint63.to_Z exponent))).
Proof. exact (float_of_is 23 8 eq_refl eq_refl eq_refl ltac:(lia) ltac:(lia) 23%uint63 255%uint63 (-149)%sint63 eq_refl eq_refl eq_refl). Qed.

Theorem float16_is : forall negative exponent fraction x,
  Uint63.to_Z fraction < 2 ^ 10 -> float16_of negative exponent fraction = Some x ->
  Q2R (value x) = B2R _ _ (binary_float_of_bits 10 5 eq_refl eq_refl eq_refl
    (join_bits 10 5 negative (Uint63.to_Z fraction) (Uint63.to_Z exponent))).
Proof. exact (float_of_is 10 5 eq_refl eq_refl eq_refl ltac:(lia) ltac:(lia) 10%uint63 31%uint63 (-24)%sint63 eq_refl eq_refl eq_refl). Qed.

Theorem bfloat16_is : forall negative exponent fraction x,
  Uint63.to_Z fraction < 2 ^ 7 -> bfloat16_of negative exponent fraction = Some x ->
  Q2R (value x) = B2R _ _ (binary_float_of_bits 7 8 eq_refl eq_refl eq_refl
    (join_bits 7 8 negative (Uint63.to_Z fraction) (Uint63.to_Z exponent))).
Proof. exact (float_of_is 7 8 eq_refl eq_refl eq_refl ltac:(lia) ltac:(lia) 7%uint63 255%uint63 (-133)%sint63 eq_refl eq_refl eq_refl). Qed.
