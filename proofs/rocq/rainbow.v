(* Rainbows, the upper side: k classes of three documents in 2k integers, 2k + 1 at threshold 0.

   T has k classes of three documents, here (c, v) with v one of three corners.  A query matches at
   most one document of each class: any `choice` of none or one.
   Proved: 2k integers and the threshold 1 do for all 4^k such queries (matches score 2, others at
   most 0), and 2k + 1 integers and the threshold 0 (1 and at most -1).
   Used for: proofs/rainbow.py, where the same numbers are the least.
   Not here: that they are least.  That half needs the theorem of Borsuk and Ulam. *)

Require Import ZArith List Lia Arith vectors.
Import ListNotations.
Local Open Scope Z_scope.

Inductive corner := first | second | third.

Definition rainbow := nat -> option corner.

(* Three points around the origin, and what cuts one of them off. *)
Definition at_corner (v : corner) : list Z :=
  match v with first => [1; 0] | second => [-1; 1] | third => [-1; -1] end.
Definition cut (chosen : option corner) : list Z :=
  match chosen with
  | Some first => [2; 0] | Some second => [0; 2] | Some third => [0; -2] | None => [0; 0]
  end.

Definition block_for (c : nat) (v : corner) (t : nat) : list Z :=
  if Nat.eqb t c then at_corner v else [0; 0].

Definition q_vector (k : nat) (choice : rainbow) (more : list Z) :=
  blocks (fun t => cut (choice t)) k more.
Definition v_vector (k c : nat) (v : corner) (more : list Z) := blocks (block_for c v) k more.

Lemma two_each : forall c v chosen t,
  length (cut chosen) = 2%nat /\ length (block_for c v t) = 2%nat.
Proof.
  intros c v chosen t; unfold block_for; split.
  - destruct chosen as [[| |] |]; reflexivity.
  - destruct (Nat.eqb t c), v; reflexivity.
Qed.

Lemma dimensions : forall k choice c v more,
  length (q_vector k choice more) = (2 * k + length more)%nat
  /\ length (v_vector k c v more) = (2 * k + length more)%nat.
Proof.
  intros; unfold q_vector, v_vector.
  rewrite !length_of_blocks with (w := fun _ => 2%nat), sum_of_equal; [auto | |]; intros t _.
  - apply (two_each c v (choice t) t).
  - apply (two_each c v (choice t) t).
Qed.

Lemma score : forall k choice c v a b, (c < k)%nat ->
  dot (q_vector k choice a) (v_vector k c v b) = dot (cut (choice c)) (at_corner v) + dot a b.
Proof.
  intros k choice c v a b inside; unfold q_vector, v_vector.
  rewrite dot_of_one_class with (c := c); [| exact inside | |].
  - unfold block_for; rewrite Nat.eqb_refl; reflexivity.
  - intros t _; destruct (two_each c v (choice t) t) as [-> ->]; reflexivity.
  - intros t other; unfold block_for; apply Nat.eqb_neq in other; rewrite other.
    destruct (choice t) as [[| |] |]; reflexivity.
Qed.

Theorem rainbows_in_2k_and_2k_plus_1 : forall (k : nat) (choice : rainbow) (c : nat) (v : corner),
  (c < k)%nat ->
  let by_row := dot (q_vector k choice []) (v_vector k c v []) in
  let at_zero := dot (q_vector k choice [1]) (v_vector k c v [-1]) in
  length (q_vector k choice []) = (2 * k)%nat
  /\ length (v_vector k c v []) = (2 * k)%nat
  /\ length (q_vector k choice [1]) = (2 * k + 1)%nat
  /\ length (v_vector k c v [-1]) = (2 * k + 1)%nat
  /\ (choice c = Some v -> by_row = 2 /\ at_zero = 1)
  /\ (choice c <> Some v -> by_row <= 0 /\ at_zero <= -1).
Proof.
  intros k choice c v inside by_row at_zero; unfold by_row, at_zero; clear by_row at_zero.
  destruct (dimensions k choice c v []) as [-> ->], (dimensions k choice c v [1]) as [-> _].
  destruct (dimensions k choice c v [-1]) as [_ ->]; rewrite !score by exact inside; cbn [length].
  repeat split; try lia; intros;
    destruct (choice c) as [[| |] |], v; try discriminate; try congruence; cbn; try lia; auto.
Qed.

Print Assumptions rainbows_in_2k_and_2k_plus_1.
