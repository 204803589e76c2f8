(* Interval covers: k classes of intervals fit in 2k + 1 integer dimensions, threshold 0.

   Query q stands at position p t q in class t.  Document v belongs to class c v and matches the
   queries at positions l v to r v of that class, ends included.  The vectors are those of
   hrgeom/constructions/codes/_parabola.py. *)

Require Import ZArith List Lia Arith.
Import ListNotations.
Open Scope Z_scope.

Fixpoint dot (a b : list Z) : Z :=
  match a, b with
  | x :: a', y :: b' => x * y + dot a' b'
  | _, _ => 0
  end.

Section Cover.
  Variables query document : Type.
  Variable k : nat.
  Variable p : nat -> query -> Z.
  Variable c : document -> nat.
  Variables l r : document -> Z.
  Hypothesis has_class : forall v, (c v < k)%nat.
  Hypothesis is_interval : forall v, l v <= r v.

  Definition matches q v := l v <= p (c v) q <= r v.

  Definition left v := l v - 1.
  Definition right v := r v + 1.

  Definition query_block q t := [p t q; p t q ^ 2].
  Definition document_block v t :=
    if Nat.eqb t (c v) then [2 * (left v + right v); -2] else [0; 0].

  Definition query_vector q := flat_map (query_block q) (seq 0 k) ++ [1].
  Definition document_vector v :=
    flat_map (document_block v) (seq 0 k) ++ [-2 * left v * right v - 1].

  Lemma length_blocks : forall (f : nat -> list Z) ts,
    (forall t, length (f t) = 2%nat) -> length (flat_map f ts) = (2 * length ts)%nat.
  Proof.
    intros f ts two; induction ts as [| t ts IH]; simpl; [reflexivity |].
    rewrite app_length, two, IH; lia.
  Qed.

  Theorem dimension_of_queries : forall q, length (query_vector q) = (2 * k + 1)%nat.
  Proof.
    intro q; unfold query_vector.
    rewrite app_length, length_blocks by reflexivity.
    rewrite seq_length; reflexivity.
  Qed.

  Theorem dimension_of_documents : forall v, length (document_vector v) = (2 * k + 1)%nat.
  Proof.
    intro v; unfold document_vector.
    rewrite app_length, length_blocks.
    - rewrite seq_length; reflexivity.
    - intro t; unfold document_block; destruct (Nat.eqb t (c v)); reflexivity.
  Qed.

  Definition block_score q v t := dot (query_block q t) (document_block v t).

  (* Blocks have equal lengths, so the score is a sum over classes and the shared coordinate. *)
  Lemma score_of_blocks : forall q v ts,
    dot (flat_map (query_block q) ts ++ [1]) (flat_map (document_block v) ts ++ [-2 * left v * right v - 1])
    = fold_right (fun t sum => block_score q v t + sum) (-2 * left v * right v - 1) ts.
  Proof.
    intros q v ts; induction ts as [| t ts IH].
    - unfold flat_map, app, dot, fold_right; ring.
    - cbn [flat_map fold_right]; rewrite <- IH.
      unfold block_score, query_block, document_block.
      destruct (Nat.eqb t (c v)); cbn [app dot]; ring.
  Qed.

  Lemma only_its_class : forall q v ts x,
    ~ In (c v) ts -> fold_right (fun t sum => block_score q v t + sum) x ts = x.
  Proof.
    intros q v ts x; induction ts as [| t ts IH]; simpl; intro absent; [reflexivity |].
    rewrite IH by tauto.
    unfold block_score, document_block, query_block.
    destruct (Nat.eqb_spec t (c v)); [exfalso; auto | cbn [dot]; ring].
  Qed.

  Theorem score_is_a_product : forall q v,
    dot (query_vector q) (document_vector v)
    = 2 * (p (c v) q - left v) * (right v - p (c v) q) - 1.
  Proof.
    intros q v; unfold query_vector, document_vector; rewrite score_of_blocks.
    pose proof (has_class v) as inside.
    replace k with (c v + S (k - S (c v)))%nat by lia.
    rewrite seq_app, fold_right_app; cbn [seq fold_right Nat.add].
    rewrite only_its_class with (ts := seq (S (c v)) _) by (rewrite in_seq; lia).
    rewrite only_its_class by (rewrite in_seq; lia).
    unfold block_score, query_block, document_block; rewrite Nat.eqb_refl; cbn [dot]; ring.
  Qed.

  Theorem matches_score_at_least_1 : forall q v,
    matches q v -> 1 <= dot (query_vector q) (document_vector v).
  Proof.
    intros q v; rewrite score_is_a_product; unfold matches, left, right; nia.
  Qed.

  Theorem others_score_at_most_minus_1 : forall q v,
    ~ matches q v -> dot (query_vector q) (document_vector v) <= -1.
  Proof.
    intros q v other; rewrite score_is_a_product.
    unfold matches, left, right in *; pose proof (is_interval v).
    assert (p (c v) q < l v \/ r v < p (c v) q) as [below | above] by lia; nia.
  Qed.
End Cover.

Print Assumptions matches_score_at_least_1.
Print Assumptions others_score_at_most_minus_1.
