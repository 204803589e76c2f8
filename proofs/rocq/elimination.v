(* Elimination in integers proves that a quadratic form is nowhere negative.

   A symmetric matrix is given by its rows from the diagonal on.  `is_positive` eliminates row after
   row without fractions: every pivot must be positive, and every division by the pivot before must
   be exact, which is checked (Bareiss's theorem, that it always is, is not needed).
   Proved: if it says true, the form is at least 0 for all values from any ordered ring.
   Used for: ceiling_check.v.  It computes what `is_positive_definite` of
   hrgeom/bounds/ceilings/_perfect_tree_certificate.py computes, from the diagonal on.
   Not here: that it says true of every positive definite matrix. *)

Require Import ZArith List Lia Bool Ring ordered_ring.
Import ListNotations.

Definition rows := list (list Z).

(* (pivot * entry - factor * other)/previous along a row; None if a division leaves a rest. *)
Fixpoint combine (pivot previous factor : Z) (row others : list Z) : option (list Z) :=
  match row, others with
  | [], [] => Some []
  | t :: row, r :: others =>
      let n := (pivot * t - factor * r)%Z in
      let x := (n / previous)%Z in
      if (x * previous =? n)%Z then
        match combine pivot previous factor row others with
        | Some rest => Some (x :: rest)
        | None => None
        end
      else None
  | _, _ => None
  end.

(* All rows below the pivot's, which goes on with `first` after the pivot. *)
Fixpoint eliminate (pivot previous : Z) (first : list Z) (below : rows) : option rows :=
  match first, below with
  | [], [] => Some []
  | r :: first', row :: below =>
      match combine pivot previous r row first, eliminate pivot previous first' below with
      | Some row, Some rest => Some (row :: rest)
      | _, _ => None
      end
  | _, _ => None
  end.

Fixpoint positive_from (fuel : nat) (previous : Z) (matrix : rows) : bool :=
  match fuel, matrix with
  | _, [] => true
  | S fuel, (pivot :: first) :: below =>
      if (0 <? pivot)%Z then
        match eliminate pivot previous first below with
        | Some rest => positive_from fuel pivot rest
        | None => false
        end
      else false
  | _, _ => false
  end.

Definition is_positive (matrix : rows) : bool := positive_from (length matrix) 1 matrix.

Local Open Scope number_scope.

Section Forms.
  Context {K : ordered_ring}.
  Add Ring K_ring : (ring_laws K).

  Fixpoint dot (row : list Z) (xs : list K) : K :=
    match row, xs with
    | t :: row, x :: xs => of_Z t * x + dot row xs
    | _, _ => 0
    end.

  (* sum M_ii x_i^2 + 2 sum_(i < j) M_ij x_i x_j *)
  Fixpoint form (matrix : rows) (xs : list K) : K :=
    match matrix, xs with
    | (p :: first) :: below, x :: xs =>
        of_Z p * (x * x) + (x * dot first xs + x * dot first xs) + form below xs
    | _, _ => 0
    end.

  Lemma combine_dot : forall pivot previous factor row others row' xs,
    combine pivot previous factor row others = Some row' ->
    of_Z previous * dot row' xs = of_Z pivot * dot row xs - of_Z factor * dot others xs.
  Proof.
    intros pivot previous factor; induction row as [| t row IH]; intros [| r others] row' xs e;
      cbn [combine] in e; try discriminate; [injection e as <-; cbn; ring |].
    destruct (_ =? _)%Z eqn:exact; [| discriminate]; apply Z.eqb_eq in exact.
    destruct (combine pivot previous factor row others) as [rest |] eqn:next; [| discriminate].
    injection e as <-; destruct xs as [| x xs]; cbn [dot]; [ring |].
    replace (of_Z previous * (of_Z ((pivot * t - factor * r) / previous) * x + dot rest xs))
      with (of_Z (K:=K) ((pivot * t - factor * r) / previous) * of_Z previous * x
            + of_Z previous * dot rest xs) by ring.
    rewrite (IH others rest xs next), <- of_Z_mul, exact, of_Z_sub, !of_Z_mul; ring.
  Qed.

  Lemma eliminate_form : forall pivot previous first below rest xs,
    eliminate pivot previous first below = Some rest ->
    of_Z previous * form rest xs
    = of_Z pivot * form below xs - dot first xs * dot first xs.
  Proof.
    intros pivot previous; induction first as [| r first IH]; intros [| row below] rest xs e;
      cbn [eliminate] in e; try discriminate; [injection e as <-; cbn; ring |].
    destruct (combine pivot previous r row (r :: first)) as [row' |] eqn:here; [| discriminate].
    destruct (eliminate pivot previous first below) as [rest' |] eqn:next; [| discriminate].
    injection e as <-; destruct xs as [| x xs].
    - destruct row', row; cbn; ring.
    - destruct row as [| t row]; cbn [combine] in here; [discriminate |].
      destruct (_ =? _)%Z eqn:exact; [| discriminate]; apply Z.eqb_eq in exact.
      destruct (combine pivot previous r row first) as [tail |] eqn:more; [| discriminate].
      injection here as <-; cbn [form dot].
      pose proof (combine_dot _ _ _ _ _ _ xs more) as along.
      pose proof (IH below rest' xs next) as further.
      pose proof (f_equal (of_Z (K := K)) exact) as head; rewrite of_Z_mul, of_Z_sub,
        !of_Z_mul in head.
      assert (of_Z (K:=K) ((pivot * t - r * r) / previous) * of_Z previous * (x * x)
        + (x * (of_Z previous * dot tail xs) + x * (of_Z previous * dot tail xs))
        + of_Z previous * form rest' xs =
        (of_Z pivot * of_Z t - of_Z r * of_Z r) * (x * x)
        + (x * (of_Z pivot * dot row xs - of_Z r * dot first xs)
           + x * (of_Z pivot * dot row xs - of_Z r * dot first xs))
        + (of_Z pivot * form below xs - dot first xs * dot first xs)) as same
        by (rewrite head, along, further; reflexivity).
      match type of same with ?l = ?r => transitivity l; [ring | rewrite same; ring] end.
  Qed.

  Lemma positive_from_is_right : forall fuel previous matrix xs,
    (0 < previous)%Z -> positive_from fuel previous matrix = true -> 0 <= form matrix xs.
  Proof.
    induction fuel as [| fuel IH]; intros previous [| [| pivot first] below] xs some e;
      cbn [positive_from] in e; try discriminate; try apply le_refl.
    destruct (Z.ltb_spec 0 pivot) as [large | _]; [| discriminate].
    destruct (eliminate pivot previous first below) as [rest |] eqn:next; [| discriminate].
    destruct xs as [| x xs]; [apply le_refl |]; cbn [form].
    pose proof (eliminate_form _ _ _ _ _ xs next) as same.
    assert (0 <= of_Z (K:=K) previous * form rest xs) as more.
    { apply le_mul; [apply (of_Z_le 0); lia | apply IH with pivot; assumption]. }
    apply cancel with (of_Z pivot); [apply (of_Z_le 1); lia |].
    replace (of_Z pivot * _) with
      ((of_Z pivot * x + dot first xs) * (of_Z pivot * x + dot first xs)
       + (of_Z pivot * form below xs - dot first xs * dot first xs)) by ring.
    rewrite <- same; apply nonneg_add; [apply square | exact more].
  Qed.

  Theorem positive_matrices : forall matrix xs, is_positive matrix = true -> 0 <= form matrix xs.
  Proof. intros matrix xs; apply positive_from_is_right; lia. Qed.
End Forms.

Print Assumptions positive_matrices.
