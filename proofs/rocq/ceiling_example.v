(* A ceiling that is a theorem: a root and two leaves have no margin above 0.6079.

   Proved: whatever the dimension, unit vectors for the three queries and the three documents with
   one threshold have a margin e of 20002 e <= 12158.  The best there is is 0.6075
   (docs/theory/ceiling.md); the multipliers are the library's, rounded to four digits.
   Used for: an example of ceiling_check.v from data to theorem, computed by the prover itself. *)

Require Import ZArith List Bool ordered_ring weak_duality ceiling_check.
Import ListNotations.

(* 0 is the root, 1 and 2 are the leaves; a document matches its own query and those below it. *)
Definition nodes : list nat := [0; 1; 2].
Definition above (document query : nat) : bool := Nat.eqb document 0 || Nat.eqb document query.

Definition weights (query document : nat) : Z :=
  nth document (nth query [[708; 3333; 3333]; [2179; 2468; 1667]; [2179; 1667; 2468]] [])%Z 0%Z.
Definition of_queries (query : nat) : Z := nth query [2450; 1814; 1814]%Z 0%Z.
Definition of_documents (document : nat) : Z := nth document [1362; 2358; 2358]%Z 0%Z.

Theorem a_root_and_two_leaves : forall (K : ordered_ring) axis (axes : list axis) u w r (e : K),
  has_margin nodes nodes axes above u w r e ->
  (forall q q', In q nodes -> In q' nodes -> r q = r q') ->
  le (mul (of_Z 20002) e) (of_Z 12158).
Proof.
  intros K axis axes u w r e margin same.
  refine (ceiling_global nodes nodes above weights of_queries of_documents axis axes u w r e _
    margin same).
  vm_compute; reflexivity.
Qed.

Print Assumptions a_root_and_two_leaves.
