(* A check of margin ceilings in integers, and that what it accepts is a ceiling.

   Data: for each pair a weight, for each query and document a number, all integers.  The check asks
   that no weight is negative, that elimination finds twice Diag(y, z) - A positive, and that where
   a threshold has to be between -1 and 1 there are a match and another pair that hold it there.
   Proved: if it says true, no embedding in unit vectors of any ordered ring, of any dimension, has
   (sum of the weights) * margin above `bound_by_row`, nor, with one threshold, above
   `bound_global`.
   Used for: ceilings with multipliers in integers.  It is the check of
   hrgeom/bounds/ceilings/_perfect_tree_certificate.py where every node is a type of its own;
   ceiling_example.v is one from data to theorem.
   Not here: the blocks by which symmetries make the check of a large tree small
   (proofs/perfect_tree_blocks.py); the Cholesky factor in floats of
   hrgeom/constructions/_sdp.py. *)

Require Import ZArith List Lia Bool Ring ordered_ring weak_duality elimination.
Import ListNotations.

Fixpoint sumZ {I} (l : list I) (f : I -> Z) : Z :=
  match l with [] => 0 | i :: l => f i + sumZ l f end%Z.

Section Check.
  Context {query document : Type}.
  Variables (queries : list query) (documents : list document) (D : document -> query -> bool).
  Variables (lam : query -> document -> Z) (y : query -> Z) (z : document -> Z).

  Definition signed q v : Z := (if D v q then lam q v else - lam q v)%Z.

  (* Twice Diag(y, z) - A, from the diagonal on: queries, then documents. *)
  Fixpoint document_rows (vs : list document) : rows :=
    match vs with
    | [] => []
    | v :: vs => ((2 * z v)%Z :: map (fun _ => 0%Z) vs) :: document_rows vs
    end.
  Fixpoint all_rows (qs : list query) : rows :=
    match qs with
    | [] => document_rows documents
    | q :: qs =>
        ((2 * y q)%Z :: map (fun _ => 0%Z) qs ++ map (fun v => (- signed q v)%Z) documents)
        :: all_rows qs
    end.

  Definition total_weight : Z := sumZ queries (fun q => sumZ documents (lam q)).
  Definition excess_of q : Z := sumZ documents (signed q).
  Definition sum_of_diagonal : Z := (sumZ queries y + sumZ documents z)%Z.
  Definition bound_by_row : Z := (sum_of_diagonal + sumZ queries (fun q => Z.abs (excess_of q)))%Z.
  Definition bound_global : Z := (sum_of_diagonal + Z.abs (sumZ queries excess_of))%Z.

  Definition matches_some q : bool := existsb (fun v => D v q) documents.
  Definition misses_some q : bool := existsb (fun v => negb (D v q)) documents.
  Definition fits : bool :=
    forallb (fun q => forallb (fun v => 0 <=? lam q v)%Z documents) queries
    && is_positive (all_rows queries).
  Definition check_by_row : bool :=
    fits && forallb (fun q => (excess_of q =? 0)%Z || (matches_some q && misses_some q)) queries.
  Definition check_global : bool :=
    fits && existsb matches_some queries && existsb misses_some queries.

  Local Open Scope number_scope.
  Context {K : ordered_ring}.
  Add Ring K_ring : (ring_laws K).

  Lemma sum_of_integers : forall {I} (l : list I) f,
    sum l (fun i => of_Z (f i)) = of_Z (K := K) (sumZ l f).
  Proof.
    intros I l f; induction l as [| i l IH]; [reflexivity |].
    cbn [sum sumZ]; rewrite IH, of_Z_add; reflexivity.
  Qed.

  Lemma zeros_at_queries : forall (qs : list query) row s (t : list K),
    dot (map (fun _ => 0%Z) qs ++ row) (map s qs ++ t) = dot row t.
  Proof. intros; induction qs as [| q qs IH]; [reflexivity |]; cbn; rewrite IH; ring. Qed.

  Lemma zeros_at_documents : forall (vs : list document) (t : document -> K),
    dot (map (fun _ => 0%Z) vs) (map t vs) = 0.
  Proof. intros; induction vs as [| v vs IH]; [reflexivity |]; cbn; rewrite IH; ring. Qed.

  Lemma dot_of_weights : forall q (t : document -> K) vs,
    dot (map (fun v => (- signed q v)%Z) vs) (map t vs)
    = - sum vs (fun v => of_Z (signed q v) * t v).
  Proof.
    intros q t vs; induction vs as [| v vs IH]; cbn [map dot sum]; [ring |].
    rewrite IH, of_Z_opp; ring.
  Qed.

  Lemma form_of_documents : forall (t : document -> K) vs,
    form (document_rows vs) (map t vs)
    = sum vs (fun v => of_Z (z v) * (t v * t v)) + sum vs (fun v => of_Z (z v) * (t v * t v)).
  Proof.
    intros t vs; induction vs as [| v vs IH]; cbn [document_rows map form sum]; [ring |].
    rewrite IH, zeros_at_documents, of_Z_mul; cbn [of_Z of_positive]; ring.
  Qed.

  Definition half_form (s : query -> K) (t : document -> K) qs : K :=
    sum qs (fun q => of_Z (y q) * (s q * s q)) + sum documents (fun v => of_Z (z v) * (t v * t v))
    - sum qs (fun q => sum documents (fun v => of_Z (signed q v) * (s q * t v))).

  Lemma form_of_rows : forall s t qs,
    form (all_rows qs) (map s qs ++ map t documents) = half_form s t qs + half_form s t qs.
  Proof.
    intros s t; unfold half_form; induction qs as [| q qs IH].
    - cbn [all_rows map app sum]; rewrite form_of_documents; ring.
    - cbn [all_rows map app form sum]; rewrite IH, zeros_at_queries, dot_of_weights, of_Z_mul.
      replace (sum documents (fun v => of_Z (signed q v) * (s q * t v)))
        with (s q * sum documents (fun v => of_Z (signed q v) * t v))
        by (rewrite <- sum_mul; apply sum_ext; intros; ring).
      cbn [of_Z of_positive]; ring.
  Qed.

  Definition lamK q v : K := of_Z (lam q v).

  Lemma sign_signed : forall q v, sign D q v * lamK q v = of_Z (signed q v).
  Proof. intros q v; unfold sign, signed, lamK; destruct (D v q); rewrite ?of_Z_opp; ring. Qed.

  Lemma excess_is : forall q, excess documents D lamK q = of_Z (excess_of q).
  Proof.
    intro q; unfold excess, excess_of; rewrite <- sum_of_integers; apply sum_ext; intros v _.
    apply sign_signed.
  Qed.

  Lemma fits_is_right : fits = true ->
    multipliers_fit queries documents D lamK (fun q => of_Z (y q)) (fun v => of_Z (z v)).
  Proof.
    intro h; apply andb_prop in h; destruct h as [nonneg positive]; split.
    - intros q v hq hv; apply (of_Z_le 0); rewrite forallb_forall in nonneg.
      specialize (nonneg q hq); rewrite forallb_forall in nonneg; specialize (nonneg v hv); lia.
    - intros s t; apply halve.
      pose proof (positive_matrices (K := K) _ (map s queries ++ map t documents) positive) as more.
      rewrite form_of_rows in more; unfold half_form in more; unfold weak_duality.form.
      rewrite (sum_ext queries
        (fun q => sum documents (fun v => sign D q v * lamK q v * (s q * t v)))
        (fun q => sum documents (fun v => of_Z (signed q v) * (s q * t v)))); [exact more |].
      intros q _; apply sum_ext; intros v _; rewrite sign_signed; reflexivity.
  Qed.

  Lemma abs_bounds : forall c, of_Z (K := K) c <= of_Z (Z.abs c)
    /\ - of_Z c <= of_Z (K := K) (Z.abs c).
  Proof. intro c; rewrite <- of_Z_opp; split; apply of_Z_le; lia. Qed.

  Lemma some_match : forall q, matches_some q = true <-> exists v, In v documents /\ D v q = true.
  Proof. intro q; apply existsb_exists. Qed.

  Lemma some_miss : forall q, misses_some q = true <-> exists v, In v documents /\ D v q = false.
  Proof.
    intro q; unfold misses_some; rewrite existsb_exists.
    split; intros (v & hv & e); exists v; (split; [exact hv |]); apply negb_true_iff; exact e.
  Qed.

  Lemma total_is : total queries documents lamK = of_Z total_weight.
  Proof.
    unfold total, total_weight; rewrite <- sum_of_integers; apply sum_ext; intros q _.
    apply sum_of_integers.
  Qed.

  Theorem ceiling_by_row : forall axis (axes : list axis) u w r (e : K),
    check_by_row = true -> has_margin queries documents axes D u w r e ->
    of_Z total_weight * e <= of_Z bound_by_row.
  Proof.
    intros axis axes u w r e h margin; apply andb_prop in h; destruct h as [fit sides].
    unfold bound_by_row, sum_of_diagonal; rewrite !of_Z_add, <- !sum_of_integers, <- total_is.
    apply (weak_duality_by_row queries documents axes D lamK _ _ u w r e (fits_is_right fit)
      margin).
    - intros q _; rewrite excess_is; apply abs_bounds.
    - intros q hq; rewrite forallb_forall in sides; specialize (sides q hq).
      apply orb_prop in sides; destruct sides as [none | both].
      + left; apply Z.eqb_eq in none; rewrite excess_is, none; reflexivity.
      + right; apply andb_prop in both; destruct both; split;
          [apply some_match | apply some_miss]; assumption.
  Qed.

  Theorem ceiling_global : forall axis (axes : list axis) u w r (e : K),
    check_global = true -> has_margin queries documents axes D u w r e ->
    (forall q q', In q queries -> In q' queries -> r q = r q') ->
    of_Z total_weight * e <= of_Z bound_global.
  Proof.
    intros axis axes u w r e h margin same; apply andb_prop in h; destruct h as [h miss].
    apply andb_prop in h; destruct h as [fit found].
    apply existsb_exists in found; destruct found as (q & hq & found).
    apply existsb_exists in miss; destruct miss as (q' & hq' & miss).
    apply some_match in found; destruct found as (v & hv & found).
    apply some_miss in miss; destruct miss as (v' & hv' & miss).
    unfold bound_global, sum_of_diagonal; rewrite !of_Z_add, <- !sum_of_integers, <- total_is.
    assert (sum queries (excess documents D lamK) = of_Z (sumZ queries excess_of)) as sums
      by (rewrite <- sum_of_integers; apply sum_ext; intros; apply excess_is).
    destruct (abs_bounds (sumZ queries excess_of)) as [more less].
    apply (weak_duality_global queries documents axes D lamK _ _ u w r e (fits_is_right fit)
      margin same);
      rewrite ?sums; eauto.
  Qed.
End Check.

Print Assumptions ceiling_by_row.
Print Assumptions ceiling_global.
