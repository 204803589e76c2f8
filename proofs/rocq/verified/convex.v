(* Convex polygons, and lines that cut them.

   Proved: three turns checked for each vertex make all triples of vertices turn left; and a function that is affine is
   positive on an interval of vertices and negative on all others if it is so at the ends and at their neighbors. *)

Require Import ZArith List Lia Bool.
Import ListNotations.
Open Scope Z_scope.

Definition point := (Z * Z)%type.
Definition turn (a b c : point) : Z := (fst b - fst a) * (snd c - snd a) - (snd b - snd a) * (fst c - fst a).

(* ---- 1. All triples turn left. ---- *)

(* Vertices by their numbers: at 0, at 1, ... *)
Section Polygon.
  Variable at_ : Z -> point.

  Definition left_turns (n : Z) : Prop := forall i j k, 0 <= i < j -> j < k < n -> 0 < turn (at_ i) (at_ j) (at_ k).

  (* The vertex n sees the edge before it, the chord from the first and the first edge on its right. *)
  Definition turns_at (n : Z) : Prop :=
    0 < turn (at_ (n - 2)) (at_ (n - 1)) (at_ n) /\ 0 < turn (at_ 0) (at_ (n - 1)) (at_ n) /\ 0 < turn (at_ 0) (at_ 1) (at_ n).

  Lemma exchange : forall a b c d e : point,
    turn a b c * turn a d e - turn a b d * turn a c e + turn a b e * turn a c d = 0.
  Proof. intros [] [] [] [] []; unfold turn; cbn [fst snd]; ring. Qed.

  Lemma rotate : forall a b c, turn b c a = turn a b c.
  Proof. intros [] [] []; unfold turn; cbn [fst snd]; ring. Qed.

  Lemma flip : forall a b c, turn a c b = - turn a b c.
  Proof. intros [] [] []; unfold turn; cbn [fst snd]; ring. Qed.

  Lemma quotient_positive : forall a b c d e, a * b = c + d -> 0 < a -> 0 < c -> 0 < d -> e = b -> 0 < e.
  Proof. intros; subst; nia. Qed.

  Lemma one_more : forall n, 2 <= n -> left_turns n -> turns_at n -> left_turns (n + 1).
  Proof.
    intros n two all (last & chord & first) i j k hi hk.
    destruct (Z.eq_dec k n) as [-> | other]; [| apply all; lia].
    assert (forall l, 0 < l < n -> 0 < turn (at_ 0) (at_ l) (at_ n)) as from_first.
    { intros l hl; destruct (Z.eq_dec l 1) as [-> | n1]; [exact first |].
      destruct (Z.eq_dec l (n - 1)) as [-> | n2]; [exact chord |].
      pose proof (exchange (at_ 0) (at_ 1) (at_ l) (at_ (n - 1)) (at_ n)) as e.
      pose proof (all 0 1 l ltac:(lia) ltac:(lia)); pose proof (all 0 1 (n - 1) ltac:(lia) ltac:(lia)).
      pose proof (all 0 l (n - 1) ltac:(lia) ltac:(lia)).
      eapply (quotient_positive (turn (at_ 0) (at_ 1) (at_ (n - 1)))
        (turn (at_ 0) (at_ l) (at_ n))
        (turn (at_ 0) (at_ 1) (at_ l) * turn (at_ 0) (at_ (n - 1)) (at_ n))
        (turn (at_ 0) (at_ 1) (at_ n) * turn (at_ 0) (at_ l) (at_ (n - 1))));
        [lia | assumption | apply Z.mul_pos_pos; assumption | apply Z.mul_pos_pos; assumption | reflexivity]. }
    assert (forall l, 0 <= l < n - 1 -> 0 < turn (at_ l) (at_ (n - 1)) (at_ n)) as to_last.
    { intros l hl; destruct (Z.eq_dec l 0) as [-> | n1]; [exact chord |].
      destruct (Z.eq_dec l (n - 2)) as [-> | n2]; [exact last |].
      pose proof (exchange (at_ (n - 1)) (at_ 0) (at_ l) (at_ (n - 2)) (at_ n)) as e.
      pose proof (all 0 l (n - 1) ltac:(lia) ltac:(lia)) as p1; pose proof (all 0 (n - 2) (n - 1) ltac:(lia) ltac:(lia)) as p2.
      pose proof (all l (n - 2) (n - 1) ltac:(lia) ltac:(lia)) as p3.
      assert (forall x y, turn (at_ (n - 1)) x y = turn x y (at_ (n - 1))) as r by (intros; symmetry; apply rotate).
      rewrite !r, !(fun x => flip x (at_ (n - 1)) (at_ n)) in e.
      eapply (quotient_positive (turn (at_ 0) (at_ (n - 2)) (at_ (n - 1))) (turn (at_ l) (at_ (n - 1)) (at_ n))
        (turn (at_ 0) (at_ l) (at_ (n - 1)) * turn (at_ (n - 2)) (at_ (n - 1)) (at_ n))
        (turn (at_ 0) (at_ (n - 1)) (at_ n) * turn (at_ l) (at_ (n - 2)) (at_ (n - 1))));
        [lia | assumption | apply Z.mul_pos_pos; assumption | apply Z.mul_pos_pos; assumption | reflexivity]. }
    destruct (Z.eq_dec i 0) as [-> | ni]; [apply from_first; lia |].
    destruct (Z.eq_dec j (n - 1)) as [-> | nj]; [apply to_last; lia |].
    pose proof (exchange (at_ i) (at_ j) (at_ (n - 1)) (at_ n) (at_ 0)) as e.
    pose proof (all i j (n - 1) ltac:(lia) ltac:(lia)); pose proof (from_first i ltac:(lia)) as f.
    pose proof (all 0 i (n - 1) ltac:(lia) ltac:(lia)) as g; pose proof (all 0 i j ltac:(lia) ltac:(lia)) as h.
    pose proof (to_last i ltac:(lia)).
    rewrite !(rotate (at_ 0) (at_ i)) in e.
    eapply (quotient_positive (turn (at_ 0) (at_ i) (at_ (n - 1))) (turn (at_ i) (at_ j) (at_ n))
      (turn (at_ i) (at_ j) (at_ (n - 1)) * turn (at_ 0) (at_ i) (at_ n))
      (turn (at_ 0) (at_ i) (at_ j) * turn (at_ i) (at_ (n - 1)) (at_ n)));
      [lia | assumption | apply Z.mul_pos_pos; assumption | apply Z.mul_pos_pos; assumption | reflexivity].
  Qed.
End Polygon.

(* ---- 2. Lines. ---- *)

Section Lines.
  Variable at_ : Z -> point.
  Variable n : Z.
  Hypothesis convex : left_turns at_ n.
  Variable value : Z -> Z. (* at each vertex, an affine function *)
  Variables a b s : Z.
  Hypothesis affine : forall i, 0 <= i < n -> value i = a * fst (at_ i) + b * snd (at_ i) + s.

  (* The diagonals of four vertices cross. *)
  Lemma crossing : forall i j k l, 0 <= i < j -> j < k < l -> l < n ->
    exists A B C D, 0 < A /\ 0 < B /\ 0 < C /\ 0 < D /\ A * value i + C * value k = B * value j + D * value l.
  Proof.
    intros i j k l ij jk ln.
    exists (turn (at_ j) (at_ k) (at_ l)), (turn (at_ i) (at_ k) (at_ l)), (turn (at_ i) (at_ j) (at_ l)), (turn (at_ i) (at_ j) (at_ k)).
    repeat split; try (apply convex; lia).
    rewrite !affine by lia; unfold turn; destruct (at_ i), (at_ j), (at_ k), (at_ l); cbn [fst snd]; ring.
  Qed.

  Lemma not_alternating : forall i j k l, 0 <= i < j -> j < k < l -> l < n ->
    ~ (0 < value i /\ 0 <= value k /\ value j <= 0 /\ value l <= 0) /\ ~ (value i < 0 /\ value k <= 0 /\ 0 <= value j /\ 0 <= value l)
    /\ ~ (0 <= value i /\ 0 <= value k /\ value j < 0 /\ value l <= 0) /\ ~ (value i <= 0 /\ value k <= 0 /\ 0 < value j /\ 0 <= value l).
  Proof.
    intros i j k l ij jk ln; destruct (crossing i j k l ij jk ln) as (A & B & C & D & pa & pb & pc & pd & e).
    repeat split; intros (h1 & h2 & h3 & h4); nia.
  Qed.

  Definition before (i : Z) : Z := if i =? 0 then n - 1 else i - 1.
  Definition after (i : Z) : Z := if i =? n - 1 then 0 else i + 1.

  Theorem cut : forall low high, 0 <= low <= high -> high < n ->
    0 < value low -> 0 < value high -> value (before low) < 0 -> value (after high) < 0 ->
    forall p, 0 <= p < n -> (low <= p <= high -> 0 < value p) /\ (~ low <= p <= high -> value p < 0).
  Proof.
    intros low high lh hn vl vh vb va p hp; unfold before, after in *; split; intro where_.
    - destruct (Z.eq_dec p low) as [-> | pl]; [exact vl |]; destruct (Z.eq_dec p high) as [-> | ph]; [exact vh |].
      destruct (Z_lt_le_dec 0 (value p)) as [more | less]; [exact more | exfalso].
      destruct (Z.eqb_spec low 0) as [-> | some].
      + assert (n - 1 <> high) by (intro e; rewrite e in vb; lia).
        destruct (not_alternating 0 p high (n - 1)) as (no & _ & _ & _); try lia.
      + destruct (not_alternating (low - 1) low p high) as (_ & no & _ & _); try lia.
    - destruct (Z_lt_le_dec (value p) 0) as [less | more]; [exact less | exfalso].
      destruct (Z_lt_le_dec high p) as [right_ | left_].
      + destruct (Z.eqb_spec high (n - 1)) as [-> | some]; [lia |].
        destruct (Z.eq_dec p (high + 1)) as [-> | far]; [lia |].
        destruct (Z.eqb_spec low 0) as [-> | some'].
        * destruct (Z.eq_dec p (n - 1)) as [-> | far']; [lia |].
          destruct (not_alternating 0 (high + 1) p (n - 1)) as (no & _ & _ & _); try lia.
        * destruct (not_alternating (low - 1) low (high + 1) p) as (_ & no & _ & _); try lia.
      + assert (p < low) as less by lia.
        destruct (Z.eqb_spec low 0) as [-> | some]; [lia |].
        destruct (Z.eq_dec p (low - 1)) as [-> | far]; [lia |].
        destruct (Z.eqb_spec high (n - 1)) as [-> | some'].
        * destruct (Z.eq_dec p 0) as [-> | far']; [lia |].
          destruct (not_alternating 0 p (low - 1) low) as (_ & no & _ & _); try lia.
        * destruct (not_alternating p (low - 1) low (high + 1)) as (_ & _ & no & _); try lia.
  Qed.
End Lines.
