(* Three dimensions are least at threshold 0, and two with thresholds by row.

   Three queries have a document each that the other two do not match.  Numbers are those of any
   ordered ring without divisors of zero, so the real ones too.
   Proved: no vectors in the plane have these signs, and a document besides on whose sign the three
   queries agree; one coordinate is not enough with a threshold for every query.  So no tree with
   three leaves fits in the plane at threshold 0, nor do four queries with a document each.  Without
   the document besides, three queries do fit in the plane.
   Used for: lower part of proofs/three_dimensions.py.
   Not here: any larger dimension; see limits.md in docs/theory for what is known. *)

Require Import ZArith List Lia Ring ordered_ring forests.
Import ListNotations.
Local Open Scope number_scope.

Inductive three := a | b | c.

Definition no_zero_divisors (K : ordered_ring) := forall x y : K, x * y = 0 -> x = 0 \/ y = 0.

Section Plane.
  Context {K : ordered_ring}.
  Add Ring K_ring : (ring_laws K).

  Definition positive (x : K) := ~ x <= 0.
  Definition negative (x : K) := ~ 0 <= x.
  Definition score (q v : K * K) : K := fst q * fst v + snd q * snd v.

  (* Query i scores above 0 with document i and below with the others. *)
  Definition own_documents (q v : three -> K * K) :=
    forall i j, (i = j -> positive (score (q i) (v j))) /\ (i <> j -> negative (score (q i) (v j))).

  Lemma positive_le : forall x, positive x -> 0 <= x.
  Proof. intros x h; destruct (le_total K 0 x); [assumption | destruct (h H)]. Qed.

  Lemma negative_le : forall x, negative x -> x <= 0.
  Proof. intros x h; destruct (le_total K x 0); [assumption | destruct (h H)]. Qed.

  Lemma negate : forall x : K, x <= 0 -> 0 <= - x.
  Proof. intros x h; apply le_sub in h; replace (- x) with (0 - x) by ring; exact h. Qed.

  Lemma mul_below : forall x y : K, 0 <= x -> y <= 0 -> x * y <= 0.
  Proof.
    intros x y h g; apply le_sub; replace (0 - x * y) with (x * (- y)) by ring.
    apply le_mul; [exact h | apply negate, g].
  Qed.

  (* Positive if r lies to the left of q. *)
  Definition det (q r : K * K) : K := fst q * snd r - snd q * fst r.

  Lemma three_vectors : forall p q r v,
    score q v * det p r = score p v * det q r + score r v * det p q.
  Proof. intros [p1 p2] [q1 q2] [r1 r2] [v1 v2]; unfold score, det; cbn [fst snd]; ring. Qed.

  Lemma turned : forall p q v w,
    score p v * score q w - score q v * score p w = det p q * det v w.
  Proof. intros [p1 p2] [q1 q2] [v1 v2] [w1 w2]; unfold score, det; cbn [fst snd]; ring. Qed.

  Variable domain : no_zero_divisors K.

  Lemma positive_mul : forall x y, positive x -> positive y -> positive (x * y).
  Proof.
    intros x y hx hy h; apply positive_le in hx as px; apply positive_le in hy as py.
    assert (x * y = 0) as zero by (apply le_antisymmetric; [exact h | apply le_mul; assumption]).
    destruct (domain _ _ zero) as [e | e]; [apply hx | apply hy]; rewrite e; apply le_refl.
  Qed.

  (* Directions p, q, r in this order on one side: q has nothing of its own. *)
  Lemma the_middle_has_nothing : forall p q r x v_q v_p,
    positive (score p x) -> positive (score q x) -> positive (score r x) ->
    0 <= det p q -> 0 <= det q r ->
    positive (score q v_q) -> negative (score p v_q) -> negative (score r v_q) ->
    positive (score p v_p) -> negative (score q v_p) -> False.
  Proof.
    intros p q r x v_q v_p px qx rx pq qr own other_p other_r own_p other_q.
    assert (score q v_q * det p r <= 0) as less.
    { rewrite three_vectors; replace (0 : K) with (0 + 0 : K) by ring.
      apply le_both; [replace (score p v_q * det q r) with (det q r * score p v_q) by ring
        | replace (score r v_q * det p q) with (det p q * score r v_q) by ring];
        apply mul_below; try assumption; apply negative_le; assumption. }
    assert (0 <= score q x * det p r) as more.
    { rewrite three_vectors; apply nonneg_add; apply le_mul; try assumption; apply positive_le;
      assumption. }
    assert (positive (det p r)) as turn; [| exact (positive_mul _ _ own turn less)].
    intro flat; assert (score q x * det p r = 0) as zero.
    { apply le_antisymmetric; [| exact more].
      apply mul_below; [apply positive_le, qx | exact flat]. }
    rewrite three_vectors in zero; assert (score r x * det p q = 0) as part.
    { apply le_antisymmetric; [| apply le_mul; [apply positive_le, rx | exact pq]].
      apply le_sub; replace (0 - score r x * det p q) with (score p x * det q r).
      - apply le_mul; [apply positive_le, px | exact qr].
      - rewrite <- zero; ring. }
    (* so p and q have one direction, and cannot differ on p's own document *)
    destruct (domain _ _ part) as [e | e]; [apply rx; rewrite e; apply le_refl |].
    pose proof (turned p q x v_p) as same; rewrite e in same.
    apply (positive_mul (score q x) (score p v_p) qx own_p).
    replace (score q x * score p v_p) with (score p x * score q v_p).
    - apply mul_below; [apply positive_le, px | apply negative_le, other_q].
    - replace (score p x * score q v_p) with
        (score p x * score q v_p - score q x * score p v_p + score q x * score p v_p) by ring.
      rewrite same; ring.
  Qed.

  Lemma either_way : forall p q, 0 <= det p q \/ 0 <= det q p.
  Proof.
    intros p q; destruct (le_total K 0 (det p q)) as [h | h]; [left; exact h | right].
    replace (det q p) with (- det p q) by (unfold det; ring); apply negate, h.
  Qed.

  Lemma some_order : forall q : three -> K * K, exists i j k, i <> j /\ j <> k /\ k <> i
    /\ 0 <= det (q i) (q j) /\ 0 <= det (q j) (q k).
  Proof.
    intro q; destruct (either_way (q a) (q b)), (either_way (q b) (q c)), (either_way (q a) (q c));
      [exists a, b, c | exists a, b, c | exists a, c, b | exists c, a, b | exists b, a, c
        | exists b, c, a | exists c, b, a | exists c, b, a]; repeat split; try discriminate;
          assumption.
  Qed.

  Theorem not_in_the_plane : forall (q v : three -> K * K) (x : K * K), own_documents q v ->
    (forall i, positive (score (q i) x)) \/ (forall i, negative (score (q i) x)) -> False.
  Proof.
    assert (forall q v x, own_documents q v -> (forall i : three, positive (score (q i) x)) ->
      False)
      as above.
    { intros q v x own all; destruct (some_order q) as (i & j & k & ij & jk & ki & first & second).
      apply (the_middle_has_nothing (q i) (q j) (q k) x (v j) (v i)); auto;
        try (apply own; congruence). }
    intros q v x own [all | all]; [exact (above q v x own all) |].
    apply (above q v (- fst x, - snd x) own); intros i h; apply (all i).
    replace (score (q i) x) with (- score (q i) (- fst x, - snd x)) by (unfold score; cbn; ring).
    apply negate, h.
  Qed.

  Theorem no_tree_of_three_leaves_in_the_plane :
    forall (node : Type) (parent : node -> option node) (leaf : three -> node) (root : node),
    (forall i j, i <> j -> ~ ancestor parent (leaf i) (leaf j)) ->
    (forall i, ancestor parent root (leaf i)) ->
    forall q_vector v_vector : node -> K * K,
    (forall q v, (ancestor parent v q -> positive (score (q_vector q) (v_vector v)))
      /\ (~ ancestor parent v q -> negative (score (q_vector q) (v_vector v)))) -> False.
  Proof.
    intros node parent leaf root apart below q_vector v_vector right.
    apply (not_in_the_plane (fun i => q_vector (leaf i)) (fun i => v_vector (leaf i))
      (v_vector root)).
    - intros i j; split; intro h; apply right; [subst; apply itself | apply apart; congruence].
    - left; intro i; apply right, below.
  Qed.
End Plane.

Section Line.
  Context {K : ordered_ring}.
  Add Ring K_ring_of_the_line : (ring_laws K).

  Theorem not_on_a_line : forall q v r : three -> K,
    (forall i j, (i = j -> positive (q i * v j - r i)) /\ (i <> j -> negative (q i * v j - r i))) ->
    False.
  Proof.
    intros q v r own.
    assert (forall i j, i <> j -> positive (q i * (v i - v j))) as gap.
    { intros i j other h; destruct (own i i) as [above _], (own i j) as [_ below].
      apply (above eq_refl).
      replace (q i * v i - r i) with (q i * (v i - v j) + (q i * v j - r i)) by ring.
      replace (0 : K) with (0 + 0 : K) by ring; apply le_both; [exact h |].
      apply negative_le, below, other. }
    assert (forall i j k, i <> j -> j <> k -> v i <= v j -> v j <= v k -> False) as middle.
    { intros i j k ij jk first second; apply le_sub in first, second.
      destruct (le_total K 0 (q j)) as [h | h].
      - apply (gap j k jk); apply le_sub;
          replace (0 - q j * (v j - v k)) with (q j * (v k - v j)) by ring.
        apply le_mul; assumption.
      - apply (gap j i (not_eq_sym ij)); apply le_sub.
        replace (0 - q j * (v j - v i)) with ((- q j) * (v j - v i)) by ring.
        apply le_mul; [apply negate, h | exact first]. }
    destruct (le_total K (v a) (v b)), (le_total K (v b) (v c)), (le_total K (v a) (v c));
      [apply (middle a b c) | apply (middle a b c) | apply (middle a c b) | apply (middle c a b)
        | apply (middle b a c) | apply (middle b c a) | apply (middle c b a)
        | apply (middle c b a)];
      try discriminate; assumption.
  Qed.
End Line.

(* Without a document besides: integers in the plane. *)
Definition q_of (i : three) : Z * Z :=
  match i with a => (1, 0) | b => (-1, 1) | c => (-1, -1) end%Z.
Definition v_of (i : three) : Z * Z :=
  match i with a => (2, 0) | b => (-1, 2) | c => (-1, -2) end%Z.

Theorem three_queries_fit_in_the_plane : @own_documents integers q_of v_of.
Proof.
  intros i j; split; intro h; destruct i, j; try discriminate; try congruence;
    unfold positive, negative, score; cbn; lia.
Qed.

Print Assumptions not_in_the_plane.
Print Assumptions no_tree_of_three_leaves_in_the_plane.
Print Assumptions not_on_a_line.
Print Assumptions three_queries_fit_in_the_plane.
