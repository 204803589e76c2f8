(* Rings: the vertices of a convex polygon by their places, and how many queries stand below a place.

   The tables may come from anywhere; what is used of them is checked by looking it up. *)

Require Import ZArith List Lia Bool.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance columns convex.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Vertices. ---- *)

(* f for 0 to length l - 1. *)
Fixpoint all_along {A} (l : list A) (i : word) (f : word -> bool) : bool :=
  match l with [] => true | _ :: rest => if f i then all_along rest (i + 1)%uint63 f else false end.

Lemma one_up : forall x n, Uint63.to_Z x < Uint63.to_Z n -> Uint63.to_Z (x + 1)%uint63 = Uint63.to_Z x + 1.
Proof.
  intros x n h; pose proof (Uint63.to_Z_bounded x); pose proof (Uint63.to_Z_bounded n).
  rewrite Uint63.add_spec; change (Uint63.to_Z 1) with 1; apply Z.mod_small; lia.
Qed.

Lemma all_along_is : forall {A} (l : list A) f i, all_along l i f = true ->
  forall w, Uint63.to_Z i <= Uint63.to_Z w < Uint63.to_Z i + Z.of_nat (length l) -> f w = true.
Proof.
  intros A l f; induction l as [| x l IH]; intros i h w hw; cbn [length] in hw; [lia |].
  cbn [all_along] in h; destruct (f i) eqn:e; [| discriminate].
  destruct (Z.eq_dec (Uint63.to_Z i) (Uint63.to_Z w)) as [same_ | other].
  - apply Uint63.to_Z_inj in same_; subst; exact e.
  - apply (IH _ h); rewrite (one_up i w) by lia; lia.
Qed.

Record vertex := Vertex { vx : number; vy : number; spot : point }.

Fixpoint ring_of (s : Z) (i : word) (vs : list (number * number)) (r : table vertex) : option (table vertex) :=
  match vs with
  | [] => Some r
  | (x, y) :: rest =>
      match whole_at s x, whole_at s y with
      | Some X, Some Y => ring_of s (i + 1)%uint63 rest (put i (Vertex x y (X, Y)) r)
      | _, _ => None
      end
  end.

Definition is_spot (s : Z) (v : vertex) : Prop :=
  whole_at s (vx v) = Some (fst (spot v)) /\ whole_at s (vy v) = Some (snd (spot v)).

Lemma ring_is : forall s vs i r r', ring_of s i vs r = Some r' ->
  (forall p v, find p r = Some v -> is_spot s v) -> forall p v, find p r' = Some v -> is_spot s v.
Proof.
  intros s vs; induction vs as [| [x y] vs IH]; intros i r r' h ok; cbn [ring_of] in h; [injection h as <-; exact ok |].
  destruct (whole_at s x) as [X |] eqn:ex; [| discriminate]; destruct (whole_at s y) as [Y |] eqn:ey; [| discriminate].
  apply (IH _ _ _ h); intros p v f; rewrite find_put in f; destruct (p =? i)%uint63; [| exact (ok p v f)].
  injection f as <-; split; cbn [vx vy spot fst snd]; assumption.
Qed.

Definition turns_left (r : table vertex) (i : word) : bool :=
  if (i <? 2)%uint63 then match find i r with Some _ => true | None => false end
  else
    match find i r, find (i - 1)%uint63 r, find (i - 2)%uint63 r, find 0%uint63 r, find 1%uint63 r with
    | Some c, Some b, Some a, Some p0, Some p1 =>
        (0 <? turn (spot a) (spot b) (spot c)) && (0 <? turn (spot p0) (spot b) (spot c)) && (0 <? turn (spot p0) (spot p1) (spot c))
    | _, _, _, _, _ => false
    end.

Definition at_place (r : table vertex) (i : Z) : point :=
  match find (Uint63.of_Z i) r with Some v => spot v | None => (0, 0) end.

Lemma at_place_is : forall r w v, find w r = Some v -> at_place r (Uint63.to_Z w) = spot v.
Proof. intros r w v h; unfold at_place; rewrite Uint63.of_to_Z, h; reflexivity. Qed.

Lemma of_Z_to_Z : forall i, 0 <= i < wB -> Uint63.to_Z (Uint63.of_Z i) = i.
Proof. intros i h; rewrite Uint63.of_Z_spec; apply Z.mod_small, h. Qed.

Lemma ring_turns_left : forall {A} (vs : list A) n r, Uint63.to_Z n = Z.of_nat (length vs) ->
  all_along vs 0%uint63 (turns_left r) = true ->
  left_turns (at_place r) (Uint63.to_Z n)
  /\ forall w, Uint63.to_Z w < Uint63.to_Z n -> exists v, find w r = Some v.
Proof.
  intros A vs n r hn h; pose proof (Uint63.to_Z_bounded n) as bn.
  assert (forall w, Uint63.to_Z w < Uint63.to_Z n -> turns_left r w = true) as each.
  { intros w hw; apply (all_along_is vs _ _ h); change (Uint63.to_Z 0) with 0; pose proof (Uint63.to_Z_bounded w); lia. }
  split.
  - assert (forall k, left_turns (at_place r) (Z.of_nat k) \/ Uint63.to_Z n < Z.of_nat k) as all.
    { induction k as [| k IH]; [left; intros a b c; lia |].
      destruct (Z_lt_le_dec (Z.of_nat k) (Uint63.to_Z n)) as [less | more]; [| right; lia].
      destruct IH as [IH | IH]; [| lia]; left; rewrite Nat2Z.inj_succ; unfold Z.succ.
      destruct (Z_lt_le_dec (Z.of_nat k) 2) as [few | some]; [intros a b c; lia |].
      apply one_more; [exact some | exact IH |].
      pose (w := Uint63.of_Z (Z.of_nat k)); assert (Uint63.to_Z w = Z.of_nat k) as hw by (apply of_Z_to_Z; lia).
      specialize (each w ltac:(lia)); unfold turns_left in each.
      destruct (w <? 2)%uint63 eqn:lt; [apply Uint63.ltb_spec in lt; change (Uint63.to_Z 2) with 2 in lt; lia | clear lt].
      assert (Uint63.to_Z (w - 1) = Z.of_nat k - 1) as h1
        by (rewrite Uint63.sub_spec, hw; change (Uint63.to_Z 1) with 1; apply Z.mod_small; lia).
      assert (Uint63.to_Z (w - 2) = Z.of_nat k - 2) as h2
        by (rewrite Uint63.sub_spec, hw; change (Uint63.to_Z 2) with 2; apply Z.mod_small; lia).
      destruct (find w r) as [c |] eqn:fc; [| discriminate]; destruct (find (w - 1)%uint63 r) as [b |] eqn:fb; [| discriminate].
      destruct (find (w - 2)%uint63 r) as [a |] eqn:fa; [| discriminate].
      destruct (find 0%uint63 r) as [p0 |] eqn:f0; [| discriminate]; destruct (find 1%uint63 r) as [p1 |] eqn:f1; [| discriminate].
      facts; apply at_place_is in fc, fb, fa, f0, f1; rewrite hw in fc; rewrite h1 in fb; rewrite h2 in fa.
      change (Uint63.to_Z 0) with 0 in f0; change (Uint63.to_Z 1) with 1 in f1.
      unfold turns_at; rewrite fc, fb, fa, f0, f1; auto. }
    destruct (all (length vs)) as [l | l]; [rewrite hn; exact l | lia].
  - intros w hw; specialize (each w hw); unfold turns_left in each.
    destruct (find w r) as [v |]; [exists v; reflexivity | destruct (w <? 2)%uint63; discriminate].
Qed.

(* ---- 2. How many queries stand below a place. ---- *)

Definition number_at (p : word) (m : table Z) : Z := match find p m with Some n => n | None => 0 end.
Definition tally (m : table Z) (p : word) : table Z := put p (number_at p m + 1) m.

Lemma tally_is : forall ps m p,
  number_at p (fold_left tally ps m) = number_at p m + Z.of_nat (length (filter (fun q => (q =? p)%uint63) ps)).
Proof.
  induction ps as [| q ps IH]; intros m p; cbn [fold_left filter length]; [lia |]; rewrite IH; unfold tally, number_at at 1.
  rewrite find_put; destruct (p =? q)%uint63 eqn:e.
  - apply eq_word in e; subst; rewrite Uint63.eqb_refl; cbn [length]; lia.
  - assert ((q =? p)%uint63 = false) as -> by (destruct (q =? p)%uint63 eqn:f; [apply eq_word in f; subst; rewrite Uint63.eqb_refl in e; discriminate | reflexivity]).
    fold (number_at p m); lia.
Qed.

Fixpoint sums_along {A} (l : list A) (i : word) (sum : Z) (counts sums : table Z) : table Z :=
  match l with
  | [] => put i sum sums
  | _ :: rest => sums_along rest (i + 1)%uint63 (sum + number_at i counts) counts (put i sum sums)
  end.

(* That the sums are so is checked, not proved. *)
Definition adds_up (counts sums : table Z) (i : word) : bool :=
  match find (i + 1)%uint63 sums with Some z => z =? number_at i sums + number_at i counts | None => false end.

Definition lower (p : word) (ps : list word) : nat := length (filter (fun q => (q <? p)%uint63) ps).

Lemma lower_is : forall {A} (vs : list A) n ps sums, Uint63.to_Z n = Z.of_nat (length vs) ->
  number_at 0%uint63 sums = 0 -> all_along vs 0%uint63 (adds_up (fold_left tally ps empty) sums) = true ->
  forall p, Uint63.to_Z p <= Uint63.to_Z n -> number_at p sums = Z.of_nat (lower p ps).
Proof.
  intros A vs n ps sums hn h0 h; pose proof (Uint63.to_Z_bounded n) as bn.
  assert (forall k p, Uint63.to_Z p = Z.of_nat k -> Z.of_nat k <= Uint63.to_Z n -> number_at p sums = Z.of_nat (lower p ps)) as all.
  { induction k as [| k IH]; intros p hp le.
    - assert (p = 0%uint63) as -> by (apply Uint63.to_Z_inj; exact hp); rewrite h0; unfold lower.
      replace (filter _ ps) with (@nil word); [reflexivity |]; symmetry; clear; induction ps as [| q ps IH]; [reflexivity |].
      cbn [filter]; destruct (q <? 0)%uint63 eqn:e; [| exact IH]; apply Uint63.ltb_spec in e; change (Uint63.to_Z 0) with 0 in e.
      pose proof (Uint63.to_Z_bounded q); lia.
    - pose (w := Uint63.of_Z (Z.of_nat k)); assert (Uint63.to_Z w = Z.of_nat k) as hw by (apply of_Z_to_Z; lia).
      assert ((w + 1)%uint63 = p) as wp by (apply Uint63.to_Z_inj; rewrite (one_up w n) by lia; lia).
      pose proof (all_along_is vs _ _ h w) as e; change (Uint63.to_Z 0) with 0 in e; specialize (e ltac:(lia)).
      unfold adds_up in e; rewrite wp in e; destruct (find p sums) as [z |] eqn:f; [| discriminate]; apply Z.eqb_eq in e.
      unfold number_at at 1; rewrite f, e, (IH w hw ltac:(lia)), tally_is; unfold number_at; rewrite find_empty, Z.add_0_l.
      rewrite <- Nat2Z.inj_add; f_equal; unfold lower; clear -hp hw wp; induction ps as [| q ps IH]; [reflexivity |]; cbn [filter].
      assert ((q <? p)%uint63 = (q <? w)%uint63 || (q =? w)%uint63) as ->.
      { apply eq_true_iff_eq; rewrite orb_true_iff, !Uint63.ltb_spec, Uint63.eqb_spec; rewrite Nat2Z.inj_succ in hp.
        split; [intro; destruct (Z.eq_dec (Uint63.to_Z q) (Uint63.to_Z w)); [right; apply Uint63.to_Z_inj; assumption | left; lia] |].
        intros [l | ->]; lia. }
      destruct (q <? w)%uint63 eqn:l, (q =? w)%uint63 eqn:e; cbn [orb length]; try lia.
      apply Uint63.ltb_spec in l; apply eq_word in e; subst; lia. }
  intros p hp; pose proof (Uint63.to_Z_bounded p); apply (all (Z.to_nat (Uint63.to_Z p))); rewrite Z2Nat.id by lia; lia.
Qed.

Definition between (low high p : word) : bool := (low <=? p)%uint63 && (p <=? high)%uint63.

Lemma between_is : forall low high n ps, (low <=? high)%uint63 = true -> Uint63.to_Z high < Uint63.to_Z n ->
  Z.of_nat (length (filter (between low high) ps)) = Z.of_nat (lower (high + 1)%uint63 ps) - Z.of_nat (lower low ps).
Proof.
  intros low high n ps lh hn; apply Uint63.leb_spec in lh; pose proof (one_up high n hn) as e; unfold lower.
  induction ps as [| p ps IH]; [reflexivity |]; cbn [filter]; unfold between at 1.
  destruct (low <=? p)%uint63 eqn:a, (p <=? high)%uint63 eqn:b, (p <? high + 1)%uint63 eqn:c, (p <? low)%uint63 eqn:d;
    cbn [andb length]; try lia; exfalso;
    repeat match goal with
    | h : (_ <=? _)%uint63 = true |- _ => apply Uint63.leb_spec in h
    | h : (_ <? _)%uint63 = true |- _ => apply Uint63.ltb_spec in h
    | h : (_ <=? _)%uint63 = false |- _ => apply not_true_iff_false in h; rewrite Uint63.leb_spec in h
    | h : (_ <? _)%uint63 = false |- _ => apply not_true_iff_false in h; rewrite Uint63.ltb_spec in h
    end; lia.
Qed.
