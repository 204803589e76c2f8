(* Weak duality: multipliers that fit bound every margin, in any dimension.

   Queries and documents have unit vectors, coordinates indexed by `axes`; query q has the threshold
   r q.  The embedding has margin e if sign * (score - r) >= e for all pairs, sign 1 for matches and
   -1 for others.  Multipliers are a weight lam q v >= 0 for every pair and numbers y q, z v such
   that

       sum y q (s q)^2 + sum z v (t v)^2 - sum sign lam (s q)(t v) >= 0    for all s and t,

   that is Diag(y, z) - A is positive semidefinite, A with sign lam/2 between queries and documents.
   Proved: (sum lam) e <= sum y + sum z + sum |c q|, c q = sum sign lam over the pairs of query q;
   and with |sum c q| in place of the last sum if all thresholds are equal.  In every ordered ring,
   so for real vectors as well.
   Used for: every margin ceiling; proofs/sdp_weak_duality.py.  ceiling_check.v checks multipliers.
   Not here: the search for multipliers, and that the best ones leave no gap. *)

Require Import ZArith List Lia Ring ordered_ring.
Import ListNotations.
Local Open Scope number_scope.

Section Duality.
  Context {K : ordered_ring} {query document axis : Type}.
  Add Ring K_ring : (ring_laws K).
  Variables (queries : list query) (documents : list document) (axes : list axis).
  Variable D : document -> query -> bool.

  Definition sign (q : query) (v : document) : K := if D v q then 1 else - (1).

  (* Multipliers. *)
  Variable lam : query -> document -> K.
  Variables (y : query -> K) (z : document -> K).

  Definition total := sum queries (fun q => sum documents (fun v => lam q v)).
  Definition excess q := sum documents (fun v => sign q v * lam q v).
  Definition form (s : query -> K) (t : document -> K) :=
    sum queries (fun q => y q * (s q * s q)) + sum documents (fun v => z v * (t v * t v))
    - sum queries (fun q => sum documents (fun v => sign q v * lam q v * (s q * t v))).
  Definition multipliers_fit :=
    (forall q v, In q queries -> In v documents -> 0 <= lam q v) /\ forall s t, 0 <= form s t.

  (* Embeddings. *)
  Variables (u : query -> axis -> K) (w : document -> axis -> K) (r : query -> K) (e : K).

  Definition score q v := sum axes (fun x => u q x * w v x).
  Definition unit_rows :=
    (forall q, In q queries -> sum axes (fun x => u q x * u q x) = 1)
    /\ (forall v, In v documents -> sum axes (fun x => w v x * w v x) = 1).
  Definition has_margin := 0 <= e /\ unit_rows
    /\ forall q v, In q queries -> In v documents -> e <= sign q v * (score q v - r q).

  Lemma form_of_rows : unit_rows ->
    sum axes (fun x => form (fun q => u q x) (fun v => w v x))
    = sum queries y + sum documents z
      - sum queries (fun q => sum documents (fun v => sign q v * lam q v * score q v)).
  Proof.
    intros [unit_q unit_v]; unfold form; rewrite sum_sub, sum_add; f_equal; [f_equal |].
    - rewrite sum_swap; apply sum_ext; intros q hq; rewrite sum_mul, (unit_q q hq); ring.
    - rewrite sum_swap; apply sum_ext; intros v hv; rewrite sum_mul, (unit_v v hv); ring.
    - rewrite sum_swap; apply sum_ext; intros q hq; rewrite sum_swap; apply sum_ext; intros v hv.
      rewrite sum_mul; reflexivity.
  Qed.

  (* What the thresholds can add. *)
  Lemma bound_with_thresholds : multipliers_fit -> has_margin ->
    total * e <= sum queries y + sum documents z - sum queries (fun q => r q * excess q).
  Proof.
    intros [nonneg psd] (_ & unit & margin).
    assert (0 <= sum axes (fun x => form (fun q => u q x) (fun v => w v x))) as positive
      by (apply sum_nonneg; intros x _; apply psd).
    rewrite form_of_rows in positive by exact unit.
    assert (total * e <= sum queries (fun q => sum documents (fun v =>
      sign q v * lam q v * score q v)) - sum queries (fun q => r q * excess q)) as weighted.
    { replace (total * e) with (sum queries (fun q => sum documents (fun v => e * lam q v))).
      2: { unfold total;
        rewrite (sum_ext queries _ (fun q => e * sum documents (fun v => lam q v))).
           - rewrite sum_mul; ring.
           - intros q _; apply sum_mul. }
      rewrite <- sum_sub; apply sum_le; intros q hq; unfold excess.
      rewrite <- sum_mul, <- sum_sub; apply sum_le; intros v hv; apply le_sub.
      replace (sign q v * lam q v * score q v - r q * (sign q v * lam q v) - e * lam q v)
        with (lam q v * (sign q v * (score q v - r q) - e)) by ring.
      apply le_mul; [apply nonneg; assumption |].
      exact (proj1 (le_sub _ _) (margin q v hq hv)). }
    apply le_trans with (1 := weighted); apply le_sub.
    match goal with |- 0 <= ?x => match type of positive with 0 <= ?y =>
      replace x with y by ring end end; exact positive.
  Qed.

  Lemma scores_between : forall q v, unit_rows -> In q queries -> In v documents ->
    score q v <= 1 /\ - (1) <= score q v.
  Proof.
    intros q v [unit_q unit_v] hq hv.
    assert (forall a : K, sum axes (fun x => (u q x + a * w v x) * (u q x + a * w v x))
      = 1 + (a + a) * score q v + a * a) as expand.
    { intro a; unfold score; rewrite <- (unit_q q hq) at 1.
      replace (a * a) with ((a * a) * sum axes (fun x => w v x * w v x))
        by (rewrite (unit_v v hv); ring).
      rewrite <- !sum_mul, <- !sum_add; apply sum_ext; intros x _; ring. }
    assert (forall a : K, 0 <= 1 + (a + a) * score q v + a * a) as positive
      by (intro a; rewrite <- expand; apply sum_nonneg; intros x _; apply square).
    split; apply le_sub; apply halve.
    - replace (_ + _) with (1 + (- (1) + - (1)) * score q v + - (1) * - (1)) by ring;
        apply positive.
    - replace (_ + _) with (1 + (1 + 1) * score q v + 1 * 1) by ring; apply positive.
  Qed.

  Lemma thresholds_between : forall q v v', has_margin -> In q queries ->
    In v documents -> D v q = true -> In v' documents -> D v' q = false ->
    r q <= 1 /\ - (1) <= r q.
  Proof.
    intros q v v' (nonneg & unit & margin) hq hv match_v hv' other.
    destruct (scores_between q v unit hq hv) as [most _],
      (scores_between q v' unit hq hv') as [_ least].
    pose proof (margin q v hq hv) as above; pose proof (margin q v' hq hv') as below.
    unfold sign in above, below; rewrite match_v in above; rewrite other in below.
    apply le_sub in above, below, most, least; split; apply le_sub.
    - replace (1 - r q) with ((1 - score q v) + (1 * (score q v - r q) - e) + e) by ring.
      repeat apply nonneg_add; assumption.
    - replace (r q - - (1)) with
        ((score q v' - - (1)) + (- (1) * (score q v' - r q) - e) + e) by ring.
      repeat apply nonneg_add; assumption.
  Qed.

  (* - r c <= b if r is between -1 and 1, and c between -b and b. *)
  Lemma threshold_costs : forall t c b : K, t <= 1 -> - (1) <= t -> c <= b -> - c <= b ->
    - (t * c) <= b.
  Proof.
    intros t c b top bottom more less; apply le_sub in top, bottom, more, less; apply le_sub, halve.
    replace ((b - - (t * c)) + (b - - (t * c)))
      with ((1 - t) * (b - c) + (t - - (1)) * (b - - c)) by ring.
    apply nonneg_add; apply le_mul; assumption.
  Qed.

  Definition both_sides q := (exists v, In v documents /\ D v q = true)
    /\ exists v, In v documents /\ D v q = false.

  Theorem weak_duality_by_row : multipliers_fit -> has_margin ->
    forall b : query -> K,
    (forall q, In q queries -> excess q <= b q /\ - excess q <= b q) ->
    (forall q, In q queries -> excess q = 0 \/ both_sides q) ->
    total * e <= sum queries y + sum documents z + sum queries b.
  Proof.
    intros fit margin b sizes sides.
    apply le_trans with (1 := bound_with_thresholds fit margin).
    replace (sum queries y + sum documents z - sum queries (fun q => r q * excess q))
      with (sum queries (fun q => - (r q * excess q)) + (sum queries y + sum documents z)).
    2: { replace (sum queries (fun q => - (r q * excess q)))
           with (- (1) * sum queries (fun q => r q * excess q)).
         - ring.
         - rewrite <- sum_mul; apply sum_ext; intros q _; ring. }
    replace (sum queries y + sum documents z + sum queries b)
      with (sum queries b + (sum queries y + sum documents z)) by ring.
    apply le_add, sum_le; intros q hq; destruct (sizes q hq) as [more less].
    destruct (sides q hq) as [none | [(v & hv & mv) (v' & hv' & ov)]].
    - rewrite none in *; replace (- (r q * 0)) with (0 : K) by ring; exact more.
    - destruct (thresholds_between q v v' margin hq hv mv hv' ov); apply threshold_costs;
        assumption.
  Qed.

  Theorem weak_duality_global : multipliers_fit -> has_margin ->
    (forall q q', In q queries -> In q' queries -> r q = r q') ->
    (exists q v, In q queries /\ In v documents /\ D v q = true) ->
    (exists q v, In q queries /\ In v documents /\ D v q = false) ->
    forall b, sum queries excess <= b -> - sum queries excess <= b ->
    total * e <= sum queries y + sum documents z + b.
  Proof.
    intros fit margin same (q & v & hq & hv & mv) (q' & v' & hq' & hv' & ov) b more less.
    apply le_trans with (1 := bound_with_thresholds fit margin).
    replace (sum queries (fun i => r i * excess i)) with (r q * sum queries excess).
    2: { rewrite <- sum_mul; apply sum_ext; intros i hi; rewrite (same q i hq hi); reflexivity. }
    destruct margin as (nonneg & unit & margin).
    destruct (scores_between q v unit hq hv) as [most _],
      (scores_between q' v' unit hq' hv') as [_ least].
    pose proof (margin q v hq hv) as above; pose proof (margin q' v' hq' hv') as below.
    unfold sign in above, below; rewrite mv in above; rewrite ov in below.
    rewrite <- (same q q' hq hq') in below.
    apply le_sub in above, below, most, least.
    assert (- (r q * sum queries excess) <= b) as cost.
    { apply threshold_costs; try assumption; apply le_sub.
      - replace (1 - r q) with ((1 - score q v) + (1 * (score q v - r q) - e) + e) by ring.
        repeat apply nonneg_add; assumption.
      - replace (r q - - (1)) with
          ((score q' v' - - (1)) + (- (1) * (score q' v' - r q) - e) + e) by ring.
        repeat apply nonneg_add; assumption. }
    apply le_sub in cost; apply le_sub.
    match goal with |- 0 <= ?x => match type of cost with 0 <= ?y =>
      replace x with y by ring end end; exact cost.
  Qed.
End Duality.

Print Assumptions weak_duality_by_row.
Print Assumptions weak_duality_global.
