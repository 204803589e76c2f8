(* The mixture band: what a mixture of query vectors retrieves, whatever it mixes.

   Document v scores its matches from t + m to t + M, and all other queries from t - N to t - n.
   A mixture has a weight p q >= 0 for every query, and the weights sum to 1; P is the sum of those
   on matches of v.  Its vector is the sum of p q times the vector of q.
   Proved: its score less t is at least m P - N (1 - P) and at most M P - n (1 - P).  So it exceeds t
   if (m + N) P > N, and is below t if (M + n) P < n; x > y says that x <= y is false.  In every
   ordered ring, so for real vectors as well, and without division.
   Used for: hrgeom certify --band; proofs/mixture_band.py.
   Not here: that no better numbers will do, and how far a mixture is off that is stored in
   floats. *)

Require Import ZArith List Ring ordered_ring.
Import ListNotations.
Local Open Scope number_scope.

Section Band.
  Context {K : ordered_ring} {query axis : Type}.
  Add Ring K_ring : (ring_laws K).
  Variables (queries : list query) (axes : list axis).
  Variable matches : query -> bool.

  (* Vectors of the queries and of the document, and the threshold. *)
  Variables (u : query -> axis -> K) (w : axis -> K) (t : K).

  Definition score_of (z : axis -> K) := sum axes (fun x => z x * w x).
  Definition score q := score_of (u q).

  (* What is known of the document's scores. *)
  Variables (m M n N : K).

  Definition in_the_extremes := forall q, In q queries ->
    if matches q then t + m <= score q /\ score q <= t + M
    else t - N <= score q /\ score q <= t - n.

  (* A mixture. *)
  Variable p : query -> K.

  Definition is_mixture := (forall q, In q queries -> 0 <= p q) /\ sum queries p = 1.
  Definition mixture x := sum queries (fun q => p q * u q x).
  Definition on_matches := sum queries (fun q => if matches q then p q else 0).

  Lemma score_of_mixture : score_of mixture = sum queries (fun q => p q * score q).
  Proof.
    unfold score, score_of, mixture.
    rewrite (sum_ext axes _ (fun x => sum queries (fun q => p q * (u q x * w x)))).
    - rewrite sum_swap; apply sum_ext; intros q _; apply sum_mul.
    - intros x _; replace (sum queries (fun q => p q * u q x) * w x)
        with (w x * sum queries (fun q => p q * u q x)) by ring.
      rewrite <- sum_mul; apply sum_ext; intros q _; ring.
  Qed.

  Lemma excess_of_mixture : is_mixture ->
    score_of mixture - t = sum queries (fun q => p q * (score q - t)).
  Proof.
    intros [_ whole]; rewrite score_of_mixture.
    replace t with (t * sum queries p) at 1 by (rewrite whole; ring).
    rewrite <- sum_mul, <- sum_sub; apply sum_ext; intros q _; ring.
  Qed.

  (* The same bound for every match, and another for every other query. *)
  Lemma weighted : forall a b : K, is_mixture ->
    sum queries (fun q => p q * (if matches q then a else b))
    = a * on_matches + b * (1 - on_matches).
  Proof.
    intros a b [_ whole]; unfold on_matches; rewrite <- whole at 1.
    rewrite <- sum_sub, <- !sum_mul, <- sum_add; apply sum_ext; intros q _.
    destruct (matches q); ring.
  Qed.

  Theorem mixture_is_between : in_the_extremes -> is_mixture ->
    m * on_matches - N * (1 - on_matches) <= score_of mixture - t
    /\ score_of mixture - t <= M * on_matches - n * (1 - on_matches).
  Proof.
    intros extremes mix; rewrite (excess_of_mixture mix).
    replace (m * on_matches - N * (1 - on_matches))
      with (m * on_matches + - N * (1 - on_matches)) by ring.
    replace (M * on_matches - n * (1 - on_matches))
      with (M * on_matches + - n * (1 - on_matches)) by ring.
    rewrite <- !(weighted _ _ mix); split; apply sum_le; intros q hq;
      pose proof (extremes q hq) as known; pose proof (proj1 mix q hq) as weight; apply le_sub;
      destruct (matches q); destruct known as [least most]; apply le_sub in least, most.
    - replace (p q * (score q - t) - p q * m) with (p q * (score q - (t + m))) by ring;
        apply le_mul; assumption.
    - replace (p q * (score q - t) - p q * - N) with (p q * (score q - (t - N))) by ring;
        apply le_mul; assumption.
    - replace (p q * M - p q * (score q - t)) with (p q * (t + M - score q)) by ring;
        apply le_mul; assumption.
    - replace (p q * - n - p q * (score q - t)) with (p q * (t - n - score q)) by ring;
        apply le_mul; assumption.
  Qed.

  Theorem mixture_is_retrieved : in_the_extremes -> is_mixture ->
    ~ (m + N) * on_matches <= N -> ~ score_of mixture <= t.
  Proof.
    intros extremes mix more below; apply more; apply le_sub.
    destruct (mixture_is_between extremes mix) as [least _]; apply le_sub in least, below.
    replace (N - (m + N) * on_matches) with ((t - score_of mixture)
      + (score_of mixture - t - (m * on_matches - N * (1 - on_matches)))) by ring.
    apply nonneg_add; assumption.
  Qed.

  Theorem mixture_is_not_retrieved : in_the_extremes -> is_mixture ->
    ~ n <= (M + n) * on_matches -> ~ t <= score_of mixture.
  Proof.
    intros extremes mix less above; apply less; apply le_sub.
    destruct (mixture_is_between extremes mix) as [_ most]; apply le_sub in most, above.
    replace ((M + n) * on_matches - n) with ((score_of mixture - t)
      + (M * on_matches - n * (1 - on_matches) - (score_of mixture - t))) by ring.
    apply nonneg_add; assumption.
  Qed.
End Band.

Print Assumptions mixture_is_between.
Print Assumptions mixture_is_retrieved.
Print Assumptions mixture_is_not_retrieved.
