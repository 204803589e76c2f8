(* Half planes: k classes of intervals fit in 2k fractions, threshold 1.

   Class t has N t positions from 0 on; query q stands at p t q.  Document v belongs to class c v
   and matches the queries at positions l v to r v of that class, ends included, none if l v > r v.
   The vectors are those of hrgeom/constructions/intervals/_half_plane.py before they are rounded.
   Proved: matches score at least 1 + 1/(3 N^2), all others at most 1 - 1/(3 N^2), N the number of
   positions of the document's class.
   Used for: two_dimensions.v.
   Not here: the documents' divisions in floating point; the package refuses what its rounding bound
   does not cover, and certifies the rest. *)

Require Import ZArith QArith List Lia Arith vectors.
Import ListNotations.
Local Open Scope Z_scope.

Lemma above_one : forall D X P, 0 < D <= X -> 1 <= P ->
  (1 + (1 # Z.to_pos X) <= (D + P) # Z.to_pos D)%Q.
Proof.
  intros D X P small one; unfold Qle, Qplus; cbn [Qnum Qden].
  rewrite !Pos.mul_1_l, !Z2Pos.id by lia; nia.
Qed.

Lemma below_one : forall D X P, 0 < D <= X -> P <= -1 ->
  ((D + P) # Z.to_pos D <= 1 - (1 # Z.to_pos X))%Q.
Proof.
  intros D X P small one; unfold Qle, Qminus, Qplus, Qopp; cbn [Qnum Qden].
  rewrite !Pos.mul_1_l, !Z2Pos.id by lia; nia.
Qed.

Lemma nothing_below_one : forall d X, 0 < X -> (0 # d <= 1 - (1 # Z.to_pos X))%Q.
Proof.
  intros d X some; unfold Qle, Qminus, Qplus, Qopp; cbn [Qnum Qden].
  rewrite !Pos.mul_1_l, !Z2Pos.id by lia; nia.
Qed.

Section HalfPlanes.
  Variables query document : Type.
  Variable k : nat.
  Variable N : nat -> Z.
  Variable p : nat -> query -> Z.
  Variable c : document -> nat.
  Variables l r : document -> Z.

  (* u, H - u^2 for queries; (l + r, 1)/(H + l r) for documents, of the centred positions. *)
  Definition high t := 2 * N t ^ 2.
  Definition centred t q := 2 * p t q - N t + 1.
  Definition left v := 2 * l v - N (c v).
  Definition right v := 2 * r v - N (c v) + 2.
  Definition divisor v := high (c v) + left v * right v.

  Definition query_block q t := [centred t q; high t - centred t q ^ 2].
  Definition document_block v t :=
    if (Nat.eqb t (c v) && (l v <=? r v))%bool then [left v + right v; 1] else [0; 0].

  Definition query_vector q : list Q := whole (blocks (query_block q) k []).
  Definition document_vector v : list Q :=
    over (Z.to_pos (divisor v)) (blocks (document_block v) k []).

  Lemma same_lengths : forall q v t, length (query_block q t) = length (document_block v t).
  Proof. intros; unfold document_block; destruct (_ && _)%bool; reflexivity. Qed.

  Lemma dimensions : forall q v,
    length (query_vector q) = (2 * k)%nat /\ length (document_vector v) = (2 * k)%nat.
  Proof.
    intros q v; unfold query_vector, document_vector, whole, over; rewrite !map_length.
    rewrite !length_of_blocks with (w := fun _ => 2%nat), sum_of_equal, Nat.add_0_r;
      [auto | |]; intros t _.
    - rewrite <- (same_lengths q); reflexivity.
    - reflexivity.
  Qed.

  Lemma score_is_a_quotient : forall q v, (c v < k)%nat ->
    (dotQ (query_vector q) (document_vector v) ==
      (if l v <=? r v then divisor v + (centred (c v) q - left v) * (right v - centred (c v) q)
       else 0) # Z.to_pos (divisor v))%Q.
  Proof.
    intros q v inside; unfold query_vector, document_vector; rewrite dot_over.
    rewrite dot_of_one_class with (c := c v); [| exact inside | intros; apply same_lengths |].
    - unfold query_block, document_block; rewrite Nat.eqb_refl.
      replace (_ + dot [] []) with
        (if l v <=? r v then divisor v + (centred (c v) q - left v) * (right v - centred (c v) q)
         else 0); [reflexivity |].
      unfold divisor; destruct (l v <=? r v); cbn [dot andb]; ring.
    - intros t other; unfold document_block; apply Nat.eqb_neq in other; rewrite other.
      unfold query_block; cbn [dot andb]; ring.
  Qed.

  Definition margin v : Q := 1 # Z.to_pos (3 * N (c v) ^ 2).

  Theorem half_planes : forall q v, (c v < k)%nat ->
    0 <= p (c v) q < N (c v) -> 0 <= l v -> r v < N (c v) ->
    length (query_vector q) = (2 * k)%nat /\ length (document_vector v) = (2 * k)%nat
    /\ (l v <= p (c v) q <= r v ->
        (1 + margin v <= dotQ (query_vector q) (document_vector v))%Q)
    /\ (~ (l v <= p (c v) q <= r v) ->
        (dotQ (query_vector q) (document_vector v) <= 1 - margin v)%Q).
  Proof.
    intros q v has_class at_place from to; destruct (dimensions q v) as [-> ->].
    split; [reflexivity | split; [reflexivity |]].
    rewrite score_is_a_quotient by exact has_class.
    assert (0 < 3 * N (c v) ^ 2) as some by nia.
    destruct (Z.leb_spec (l v) (r v)) as [full | empty].
    - assert (0 < divisor v <= 3 * N (c v) ^ 2) as small.
      { unfold divisor, high, left, right.
        assert (0 <= 2 * l v <= 2 * N (c v) /\ 0 <= 2 * r v + 2 <= 2 * N (c v)) by lia; nia. }
      split; intro h; [apply above_one | apply below_one]; try exact small;
        unfold centred, left, right; [nia |].
      assert (p (c v) q < l v \/ r v < p (c v) q) as [below | above] by lia; nia.
    - split; [lia |]; intros _; apply nothing_below_one; exact some.
  Qed.
End HalfPlanes.

Print Assumptions half_planes.
