(* Interval covers: k classes of intervals fit in 2k + 1 integers, threshold 0.

   Query q stands at position p t q in class t.  Document v belongs to class c v and matches the
   queries at positions l v to r v of that class, ends included, none if l v > r v.  The vectors are
   those of hrgeom/constructions/codes/_parabola.py, there with positions centred at 0.
   Proved: matches score at least 1, all others at most -1.
   Used for: three_dimensions.v.
   Not here: that the integers are stored and multiplied exactly, which every certificate checks for
   itself; the code of arcs, which is not in integers. *)

Require Import ZArith List Lia Arith vectors.
Import ListNotations.
Local Open Scope Z_scope.

Section Cover.
  Variables query document : Type.
  Variable k : nat.
  Variable p : nat -> query -> Z.
  Variable c : document -> nat.
  Variables l r : document -> Z.

  Definition left v := l v - 1.
  Definition right v := r v + 1.

  Definition query_block q t := [p t q; p t q ^ 2].
  Definition document_block v t :=
    if (Nat.eqb t (c v) && (l v <=? r v))%bool then [2 * (left v + right v); -2] else [0; 0].

  Definition query_vector q := blocks (query_block q) k [1].
  Definition document_vector v :=
    blocks (document_block v) k [if l v <=? r v then -2 * left v * right v - 1 else -1].

  Lemma same_lengths : forall q v t, length (query_block q t) = length (document_block v t).
  Proof. intros; unfold document_block; destruct (_ && _)%bool; reflexivity. Qed.

  Lemma dimensions : forall q v,
    length (query_vector q) = (2 * k + 1)%nat /\ length (document_vector v) = (2 * k + 1)%nat.
  Proof.
    intros q v; unfold query_vector, document_vector.
    rewrite !length_of_blocks with (w := fun _ => 2%nat), sum_of_equal; [auto | |]; intros t _.
    - rewrite <- (same_lengths q); reflexivity.
    - reflexivity.
  Qed.

  Lemma score_is_a_product : forall q v, (c v < k)%nat ->
    dot (query_vector q) (document_vector v) =
      if l v <=? r v then 2 * (p (c v) q - left v) * (right v - p (c v) q) - 1 else -1.
  Proof.
    intros q v inside; unfold query_vector, document_vector.
    rewrite dot_of_one_class with (c := c v); [| exact inside | intros; apply same_lengths |].
    - unfold query_block, document_block; rewrite Nat.eqb_refl.
      destruct (l v <=? r v); cbn [dot andb]; ring.
    - intros t other; unfold document_block; apply Nat.eqb_neq in other; rewrite other.
      unfold query_block; cbn [dot andb]; ring.
  Qed.

  Theorem interval_cover : forall q v, (c v < k)%nat ->
    length (query_vector q) = (2 * k + 1)%nat /\ length (document_vector v) = (2 * k + 1)%nat
    /\ (l v <= p (c v) q <= r v -> 1 <= dot (query_vector q) (document_vector v))
    /\ (~ (l v <= p (c v) q <= r v) -> dot (query_vector q) (document_vector v) <= -1).
  Proof.
    intros q v has_class; destruct (dimensions q v) as [-> ->].
    rewrite score_is_a_product by exact has_class; unfold left, right.
    split; [reflexivity | split; [reflexivity |]].
    destruct (Z.leb_spec (l v) (r v)); split; intro h; nia.
  Qed.
End Cover.

Print Assumptions interval_cover.
