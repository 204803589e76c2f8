(* Laminar classes are classes of intervals: preorder numbers of their trees.

   Documents are split into classes, `c v` the class of v; every class is laminar.
   Proved: queries can be given a position in every class such that the queries of each document are
   those from one position to another of its class.  A class of n documents has at most n + 1
   positions: one for every set, one for the queries in none.
   Used for: three_dimensions.v, two_dimensions.v.
   Not here: classes that have consecutive ones without being laminar; for these interval_cover.v
   and half_plane.v take the order as given. *)

Require Import ZArith List Lia Arith trees preorder laminar vectors.
Import ListNotations.

Definition class_of {document} (c : document -> nat) (documents : list document) (t : nat) :=
  filter (fun v => Nat.eqb (c v) t) documents.

Lemma in_its_class : forall {document} c (documents : list document) v,
  In v documents -> In v (class_of c documents (c v)).
Proof. intros; apply filter_In; split; [assumption | apply Nat.eqb_refl]. Qed.

Theorem laminar_classes_are_intervals :
  forall (query document : Type) (queries : list query) (documents : list document)
    (D : document -> query -> bool) (c : document -> nat) (k : nat),
  (forall t, laminar queries D (class_of c documents t)) ->
  exists (p : nat -> query -> Z) (l r : document -> Z),
    forall v q, In v documents -> In q queries -> (c v < k)%nat ->
      let N := (Z.of_nat (length (class_of c documents (c v))) + 1)%Z in
      (D v q = true <-> l v <= p (c v) q <= r v)%Z
      /\ (0 <= p (c v) q < N)%Z /\ (0 <= l v)%Z /\ (r v < N)%Z.
Proof.
  intros query document queries documents D c k nested.
  destruct (choose
    (fun t (x : tree * (document -> list nat) * (query -> list nat)) =>
       tree_of queries D (class_of c documents t) (fst (fst x)) (snd (fst x)) (snd x))) with k
    as [f right].
  { intro t; destruct (a_laminar_class_is_a_tree queries D _ (nested t)) as (x & y & z & h).
    exists (x, y, z); exact h. }
  set (T := fun t => fst (fst (f t))); set (place := fun v => snd (fst (f (c v))) v).
  exists (fun t q => Z.of_nat (first (T t) (snd (f t) q))),
    (fun v => Z.of_nat (first (T (c v)) (place v))),
    (fun v => Z.of_nat (first (T (c v)) (place v) + size_at (T (c v)) (place v)) - 1)%Z.
  intros v q hv hq lt; cbv zeta.
  destruct (right (c v) lt) as (nodes & stands & same & _ & _ & small).
  pose proof (in_its_class c documents v hv) as here.
  destruct (nodes v here) as [node _]; pose proof (stands q hq) as stand.
  destruct (preorder _ _ _ node stand) as [between most].
  destruct (numbers_are_below _ _ stand), (numbers_are_below _ _ node).
  rewrite (same v q here hq), between; unfold T, place; repeat split; lia.
Qed.

Print Assumptions laminar_classes_are_intervals.
