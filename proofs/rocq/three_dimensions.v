(* Every tree and forest in three integers, and k laminar classes in 2k + 1, with threshold 0.

   Proved, from the definitions on: for documents in k laminar classes there are vectors of 2k + 1
   integers such that the inner product is at least 1 if the query matches the document, and at most
   -1 if not.  The nodes of a forest, however deep and large, are one such class: three integers.
   Used for: `interval`, the construction; upper part of proofs/three_dimensions.py.
   Not here: that three are least; stored types, for which every certificate checks the numbers. *)

Require Import ZArith List Lia Arith vectors laminar forests interval_cover laminar_intervals.
Import ListNotations.
Local Open Scope Z_scope.

Theorem laminar_classes_in_2k_plus_1_integers :
  forall (query document : Type) (queries : list query) (documents : list document)
    (D : document -> query -> bool) (c : document -> nat) (k : nat),
  (forall t, laminar queries D (class_of c documents t)) ->
  (forall v, In v documents -> (c v < k)%nat) ->
  exists (q_vector : query -> list Z) (v_vector : document -> list Z),
    forall q v, In q queries -> In v documents ->
      length (q_vector q) = (2 * k + 1)%nat /\ length (v_vector v) = (2 * k + 1)%nat
      /\ (D v q = true -> 1 <= dot (q_vector q) (v_vector v))
      /\ (D v q = false -> dot (q_vector q) (v_vector v) <= -1).
Proof.
  intros query document queries documents D c k nested split_up.
  destruct (laminar_classes_are_intervals _ _ queries documents D c k nested)
    as (p & l & r & right).
  exists (query_vector query k p), (document_vector document k c l r).
  intros q v hq hv; specialize (split_up v hv); destruct (right v q hv hq split_up) as [same _].
  destruct (interval_cover query document k p c l r q v split_up) as (dq & dv & more & less).
  split; [exact dq | split; [exact dv | split; intro h]].
  - apply more, same; exact h.
  - apply less; intro between; apply same in between; congruence.
Qed.

Theorem every_forest_in_three_integers :
  forall (node : Type) (parent : node -> option node) (nodes : list node),
  (forall a b : node, {a = b} + {a <> b}) -> no_cycles parent ->
  exists q_vector v_vector : node -> list Z,
    forall q v, In q nodes -> In v nodes ->
      length (q_vector q) = 3%nat /\ length (v_vector v) = 3%nat
      /\ (ancestor parent v q -> 1 <= dot (q_vector q) (v_vector v))
      /\ (~ ancestor parent v q -> dot (q_vector q) (v_vector v) <= -1).
Proof.
  intros node parent nodes eq_dec ends.
  destruct (a_forest_is_a_laminar_class node parent eq_dec ends) as (D & same & nested).
  destruct (laminar_classes_in_2k_plus_1_integers node node nodes nodes D (fun _ => 0%nat) 1)
    as (q_vector & v_vector & right); [intro t; apply nested | intros; lia |].
  exists q_vector, v_vector; intros q v hq hv.
  destruct (right q v hq hv) as (dq & dv & more & less).
  split; [exact dq | split; [exact dv | split; intro h]].
  - apply more, same; exact h.
  - apply less; destruct (D v q) eqn:e; [apply same in e; tauto | reflexivity].
Qed.

Print Assumptions laminar_classes_in_2k_plus_1_integers.
Print Assumptions every_forest_in_three_integers.
