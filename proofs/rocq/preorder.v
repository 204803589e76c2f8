(* Preorder: the nodes at or below any node are consecutive.

   Proved: number the nodes of a tree from 0, each node before what is below it and the subtrees of
   its children one after the other.  Then v is q or above it just if q's number is one of the
   `size_at v` numbers from v's on; all numbers are below the number of nodes.
   Used for: trees as intervals (laminar_intervals.v), hence in three and in two dimensions.
   Not here: that the arrays of hrgeom/constructions/covers hold these numbers. *)

Require Import List Lia Arith trees.
Import ListNotations.

Fixpoint first (t : tree) (v : list nat) : nat :=
  match v with
  | [] => 0
  | i :: rest =>
      1 + list_sum (map size (firstn i (children t)))
      + match nth_error (children t) i with Some c => first c rest | None => 0 end
  end.

Fixpoint size_at (t : tree) (v : list nat) : nat :=
  match v with
  | [] => size t
  | i :: rest => match nth_error (children t) i with Some c => size_at c rest | None => 0 end
  end.

Lemma size_of : forall t, size t = S (list_sum (map size (children t))).
Proof. intros [cs]; reflexivity. Qed.

Lemma earlier : forall cs i j c, i < j -> nth_error cs i = Some c ->
  list_sum (map size (firstn i cs)) + size c <= list_sum (map size (firstn j cs)).
Proof.
  induction cs as [| d cs IH]; intros [| i] [| j] c lt e; simpl in *; try discriminate; try lia.
  - injection e as ->; lia.
  - specialize (IH i j c ltac:(lia) e); lia.
Qed.

Lemma within : forall cs i c, nth_error cs i = Some c ->
  list_sum (map size (firstn i cs)) + size c <= list_sum (map size cs).
Proof.
  intros cs i c e; rewrite <- (firstn_all cs) at 2.
  apply earlier; [apply nth_error_Some; congruence | exact e].
Qed.

Lemma numbers_are_below : forall v t, is_node t v ->
  1 <= size_at t v /\ first t v + size_at t v <= size t.
Proof.
  induction v as [| i v IH]; intros t here; cbn [first size_at is_node] in *.
  - rewrite size_of; lia.
  - destruct (nth_error (children t) i) as [c |] eqn:e; [| tauto].
    destruct (IH c here); pose proof (within _ _ _ e); rewrite (size_of t); lia.
Qed.

Theorem preorder : forall t v q, is_node t v -> is_node t q ->
  (prefix v q <-> first t v <= first t q < first t v + size_at t v)
  /\ first t v + size_at t v <= size t.
Proof.
  intros t v q hv hq; split; [| apply numbers_are_below; exact hv].
  revert t q hv hq; induction v as [| i v IH]; intros t q hv hq.
  - destruct (numbers_are_below q t hq); cbn [first size_at prefix]; split; [lia | tauto].
  - destruct q as [| j q]; [cbn; split; [tauto | lia] |]; cbn [first size_at is_node prefix] in *.
    destruct (nth_error (children t) i) as [c |] eqn:ei; [| tauto].
    destruct (nth_error (children t) j) as [d |] eqn:ej; [| tauto].
    destruct (numbers_are_below v c hv), (numbers_are_below q d hq).
    destruct (lt_eq_lt_dec i j) as [[lt | <-] | lt].
    + pose proof (earlier _ _ _ _ lt ei); split; [intros [absurd _] |]; lia.
    + assert (c = d) as <- by congruence; rewrite (IH c q hv hq); split; [intros [_ h] |]; lia.
    + pose proof (earlier _ _ _ _ lt ej); split; [intros [absurd _] |]; lia.
Qed.

Print Assumptions preorder.
