(* Every tree and forest in two fractions, and k laminar classes in 2k, with threshold 1.

   Proved, from the definitions on: for documents in k laminar classes there are vectors of 2k
   fractions such that the inner product is above 1 if the query matches the document, and below 1
   if not, by at least 1/(3 N^2) for any N that exceeds the number of documents.  The nodes of a
   forest, however deep and large, are one such class: two fractions.
   Used for: `half-plane`, the construction; `every tree in 2` of proofs/half_plane.py.
   Not here: that two are least; rounding the fractions to floats. *)

Require Import ZArith QArith List Lia Arith vectors laminar forests half_plane laminar_intervals.
Import ListNotations.

Theorem laminar_classes_in_2k_fractions :
  forall (query document : Type) (queries : list query) (documents : list document)
    (D : document -> query -> bool) (c : document -> nat) (k : nat) (N : positive),
  (forall t, laminar queries D (class_of c documents t)) ->
  (forall v, In v documents -> (c v < k)%nat) ->
  (length documents < Pos.to_nat N)%nat ->
  exists (q_vector : query -> list Q) (v_vector : document -> list Q),
    forall q v, In q queries -> In v documents ->
      length (q_vector q) = (2 * k)%nat /\ length (v_vector v) = (2 * k)%nat
      /\ (D v q = true -> 1 + (1 # 3 * N ^ 2) <= dotQ (q_vector q) (v_vector v))%Q
      /\ (D v q = false -> dotQ (q_vector q) (v_vector v) <= 1 - (1 # 3 * N ^ 2))%Q.
Proof.
  intros query document queries documents D c k N nested split_up most.
  destruct (laminar_classes_are_intervals _ _ queries documents D c k nested)
    as (p & l & r & right).
  exists (query_vector query k (fun _ => Zpos N) p),
    (document_vector document k (fun _ => Zpos N) c l r).
  intros q v hq hv; specialize (split_up v hv).
  destruct (right v q hv hq split_up) as (same & at_place & from & to).
  assert (length (class_of c documents (c v)) <= length documents)%nat as part.
  { unfold class_of; clear; induction documents as [| x xs IH]; simpl; [lia |].
    destruct (Nat.eqb (c x) (c v)); simpl; lia. }
  destruct (half_planes query document k (fun _ => Zpos N) p c l r q v split_up)
    as (dq & dv & more & less); try lia.
  split; [exact dq | split; [exact dv | split; intro h]].
  - apply more, same; exact h.
  - apply less; intro between; apply same in between; congruence.
Qed.

Theorem every_forest_in_two_fractions :
  forall (node : Type) (parent : node -> option node) (nodes : list node) (N : positive),
  (forall a b : node, {a = b} + {a <> b}) -> no_cycles parent ->
  (length nodes < Pos.to_nat N)%nat ->
  exists q_vector v_vector : node -> list Q,
    forall q v, In q nodes -> In v nodes ->
      length (q_vector q) = 2%nat /\ length (v_vector v) = 2%nat
      /\ (ancestor parent v q -> 1 + (1 # 3 * N ^ 2) <= dotQ (q_vector q) (v_vector v))%Q
      /\ (~ ancestor parent v q -> dotQ (q_vector q) (v_vector v) <= 1 - (1 # 3 * N ^ 2))%Q.
Proof.
  intros node parent nodes N eq_dec ends most.
  destruct (a_forest_is_a_laminar_class node parent eq_dec ends) as (D & same & nested).
  destruct (laminar_classes_in_2k_fractions node node nodes nodes D (fun _ => 0%nat) 1 N)
    as (q_vector & v_vector & right); [intro t; apply nested | intros; lia | exact most |].
  exists q_vector, v_vector; intros q v hq hv.
  destruct (right q v hq hv) as (dq & dv & more & less).
  split; [exact dq | split; [exact dv | split; intro h]].
  - apply more, same; exact h.
  - apply less; destruct (D v q) eqn:e; [apply same in e; tauto | reflexivity].
Qed.

Print Assumptions laminar_classes_in_2k_fractions.
Print Assumptions every_forest_in_two_fractions.
