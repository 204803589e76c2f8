(* Ordered rings, and finite sums in them.

   Definitions and lemmas.  What is proved of every ordered ring holds of the real numbers, which
   are one, without a word about how they are constructed; of the integers too, of which that is
   shown here, so that the laws do not contradict each other.  In what is said of numbers of such a
   ring, 0, 1, +, *, - and <= are its own. *)

Require Import ZArith List Lia Ring Ring_theory.
Import ListNotations.

Record ordered_ring := {
  number :> Type;
  zero : number;
  one : number;
  add : number -> number -> number;
  mul : number -> number -> number;
  sub : number -> number -> number;
  opp : number -> number;
  le : number -> number -> Prop;
  ring_laws : ring_theory zero one add mul sub opp eq;
  le_total : forall x y, le x y \/ le y x;
  le_antisymmetric : forall x y, le x y -> le y x -> x = y;
  le_trans : forall x y z, le x y -> le y z -> le x z;
  le_add : forall x y z, le x y -> le (add x z) (add y z);
  le_mul : forall x y, le zero x -> le zero y -> le zero (mul x y)
}.

Definition integers : ordered_ring.
Proof.
  refine (Build_ordered_ring Z 0 1 Z.add Z.mul Z.sub Z.opp Z.le _ _ _ _ _ _)%Z; try (intros; lia).
  constructor; intros; ring.
Defined.

Arguments zero {_}. Arguments one {_}. Arguments add {_}. Arguments mul {_}.
Arguments sub {_}. Arguments opp {_}. Arguments le {_}.

Declare Scope number_scope.
Delimit Scope number_scope with number.
Notation "0" := zero : number_scope.
Notation "1" := one : number_scope.
Infix "+" := add : number_scope.
Infix "*" := mul : number_scope.
Infix "-" := sub : number_scope.
Notation "- x" := (opp x) : number_scope.
Infix "<=" := le : number_scope.
Local Open Scope number_scope.

Section Facts.
  Context {K : ordered_ring}.
  Add Ring K_ring : (ring_laws K).

  Lemma le_refl : forall x : K, x <= x.
  Proof. intro x; destruct (le_total K x x); assumption. Qed.

  Lemma le_sub : forall x y : K, x <= y <-> 0 <= y - x.
  Proof.
    intros x y; split; intro h.
    - replace 0 with (x + - x) by ring; replace (y - x) with (y + - x) by ring; apply le_add, h.
    - replace x with (0 + x) by ring; replace y with ((y - x) + x) by ring; apply le_add, h.
  Qed.

  Lemma le_both : forall a b c d : K, a <= b -> c <= d -> a + c <= b + d.
  Proof.
    intros a b c d h g; apply le_trans with (b + c); [apply le_add, h |].
    replace (b + c) with (c + b) by ring; replace (b + d) with (d + b) by ring; apply le_add, g.
  Qed.

  Lemma nonneg_add : forall a b : K, 0 <= a -> 0 <= b -> 0 <= a + b.
  Proof. intros a b h g; replace 0 with (0 + 0 : K) by ring; apply le_both; assumption. Qed.

  Lemma square : forall x : K, 0 <= x * x.
  Proof.
    intro x; destruct (le_total K 0 x) as [h | h]; [apply le_mul; exact h |].
    replace (x * x) with ((- x) * (- x)) by ring.
    assert (0 <= - x) by (apply le_sub in h; replace (- x) with (0 - x) by ring; exact h).
    apply le_mul; assumption.
  Qed.

  Lemma one_is_positive : (0 : K) <= 1.
  Proof. replace (1 : K) with (1 * 1 : K) by ring; apply square. Qed.

  (* Products keep what is above 0, if the other factor is at least 1. *)
  Lemma cancel : forall p x : K, 1 <= p -> 0 <= p * x -> 0 <= x.
  Proof.
    intros p x large h; destruct (le_total K 0 x) as [g | g]; [exact g |].
    apply le_trans with (p * x); [exact h |]; apply le_sub.
    replace (x - p * x) with ((p - 1) * (0 - x)) by ring.
    apply le_mul; [exact (proj1 (le_sub _ _) large) | exact (proj1 (le_sub _ _) g)].
  Qed.

  Lemma halve : forall x : K, 0 <= x + x -> 0 <= x.
  Proof.
    intros x h; apply cancel with (1 + 1).
    - apply le_sub; replace (1 + 1 - 1) with (1 : K) by ring; apply one_is_positive.
    - replace ((1 + 1) * x) with (x + x) by ring; exact h.
  Qed.

  (* Integers are numbers of every ring. *)
  Fixpoint of_positive (p : positive) : K :=
    match p with
    | xH => 1
    | xO p => of_positive p + of_positive p
    | xI p => 1 + (of_positive p + of_positive p)
    end.
  Definition of_Z (z : Z) : K :=
    match z with Z0 => 0 | Zpos p => of_positive p | Zneg p => - of_positive p end.

  Lemma of_positive_succ : forall p, of_positive (Pos.succ p) = 1 + of_positive p.
  Proof. induction p as [p IH | p IH |]; cbn; rewrite ?IH; ring. Qed.

  Lemma of_Z_succ : forall z, of_Z (Z.succ z) = 1 + of_Z z.
  Proof.
    intros [| p | p]; [cbn; ring | |].
    - replace (Z.succ (Zpos p)) with (Zpos (Pos.succ p)) by lia; apply of_positive_succ.
    - destruct (Pos.eq_dec p 1) as [-> | other]; [cbn; ring |].
      replace p with (Pos.succ (Pos.pred p)) by (apply Pos.succ_pred; exact other).
      replace (Z.succ (Zneg (Pos.succ (Pos.pred p)))) with (Zneg (Pos.pred p)) by lia.
      cbn [of_Z]; rewrite of_positive_succ; ring.
  Qed.

  Lemma of_Z_add : forall a b, of_Z (a + b) = of_Z a + of_Z b.
  Proof.
    intros a b; revert a; apply Z.bi_induction; [intros ? ? ->; reflexivity | cbn; ring |].
    intro a; rewrite Z.add_succ_l, !of_Z_succ; split; intro h.
    - rewrite h; ring.
    - replace (of_Z (a + b)) with ((1 + of_Z (a + b)) - 1) by ring; rewrite h; ring.
  Qed.

  Lemma of_Z_opp : forall a, of_Z (- a) = - of_Z a.
  Proof. intros [| p | p]; cbn; ring. Qed.

  Lemma of_Z_mul : forall a b, of_Z (a * b) = of_Z a * of_Z b.
  Proof.
    intros a b; revert a; apply Z.bi_induction; [intros ? ? ->; reflexivity | cbn; ring |].
    intro a; rewrite Z.mul_succ_l, of_Z_add, of_Z_succ; split; intro h.
    - rewrite h; ring.
    - replace (of_Z (a * b)) with ((of_Z (a * b) + of_Z b) - of_Z b) by ring; rewrite h; ring.
  Qed.

  Lemma of_Z_sub : forall a b, of_Z (a - b) = of_Z a - of_Z b.
  Proof. intros a b; replace (a - b)%Z with (a + - b)%Z by lia; rewrite of_Z_add, of_Z_opp;
    ring. Qed.

  Lemma of_positive_large : forall p, 1 <= of_positive p.
  Proof.
    induction p as [| p IH] using Pos.peano_ind; [apply le_refl |]; rewrite of_positive_succ.
    apply le_sub in IH; apply le_sub.
    replace (1 + of_positive p - 1) with ((of_positive p - 1) + 1) by ring.
    apply nonneg_add; [exact IH | apply one_is_positive].
  Qed.

  Lemma of_Z_le : forall a b, (a <= b)%Z -> of_Z a <= of_Z b.
  Proof.
    intros a b h; apply le_sub; rewrite <- of_Z_sub; destruct (b - a)%Z as [| p | p] eqn:e; try lia.
    - apply le_refl.
    - apply le_trans with 1; [apply one_is_positive | apply of_positive_large].
  Qed.

  (* Sums over lists of anything. *)
  Fixpoint sum {I} (l : list I) (f : I -> K) : K :=
    match l with [] => 0 | i :: l => f i + sum l f end.

  Lemma sum_ext : forall {I} (l : list I) f g, (forall i, In i l -> f i = g i) -> sum l f = sum l g.
  Proof.
    intros I l f g; induction l as [| i l IH]; intro same; [reflexivity |]; cbn.
    rewrite IH, (same i) by auto with datatypes; reflexivity.
  Qed.

  Lemma sum_add : forall {I} (l : list I) f g, sum l (fun i => f i + g i) = sum l f + sum l g.
  Proof. intros I l f g; induction l as [| i l IH]; cbn; [| rewrite IH]; ring. Qed.

  Lemma sum_sub : forall {I} (l : list I) f g, sum l (fun i => f i - g i) = sum l f - sum l g.
  Proof. intros I l f g; induction l as [| i l IH]; cbn; [| rewrite IH]; ring. Qed.

  Lemma sum_mul : forall {I} (l : list I) f x, sum l (fun i => x * f i) = x * sum l f.
  Proof. intros I l f x; induction l as [| i l IH]; cbn; [| rewrite IH]; ring. Qed.

  Lemma sum_zero : forall {I} (l : list I), sum l (fun _ => 0) = 0.
  Proof. intros I l; induction l as [| i l IH]; cbn; [| rewrite IH]; ring. Qed.

  Lemma sum_swap : forall {I J} (l : list I) (m : list J) f,
    sum l (fun i => sum m (f i)) = sum m (fun j => sum l (fun i => f i j)).
  Proof.
    intros I J l m f; induction l as [| i l IH]; cbn; [symmetry; apply sum_zero |].
    rewrite IH, <- sum_add; reflexivity.
  Qed.

  Lemma sum_le : forall {I} (l : list I) f g, (forall i, In i l -> f i <= g i) ->
    sum l f <= sum l g.
  Proof.
    intros I l f g; induction l as [| i l IH]; intro less; [apply le_refl |]; cbn.
    apply le_both; auto with datatypes.
  Qed.

  Lemma sum_nonneg : forall {I} (l : list I) f, (forall i, In i l -> 0 <= f i) -> 0 <= sum l f.
  Proof. intros I l f all; rewrite <- (sum_zero l); apply sum_le; exact all. Qed.
End Facts.
