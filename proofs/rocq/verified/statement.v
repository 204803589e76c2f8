(* What is claimed: rows of stored numbers, their scores, who is above whom, and which pairs are right.

   Nothing in this file is computed; every definition that a theorem is stated with is here. *)

Require Import ZArith QArith List Relations.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words.
Import ListNotations.

(* A stored number m * 2^e: floats are such numbers, and so are whole numbers. *)
Definition number := (word * word)%type.
Definition value (x : number) : Q := (inject_Z (signed (fst x)) * 2 ^ signed (snd x))%Q.

Record row := Row {
  id : word;              (* which query, or which document *)
  scale : number;         (* int8: what the numbers are multiplied by; floats: 1 *)
  numbers : list number   (* as stored *)
}.

Fixpoint product (a b : list Q) : Q :=
  match a, b with
  | x :: a', y :: b' => (x * y + product a' b')%Q
  | _, _ => 0%Q
  end.

Definition score (q v : row) : Q :=
  (value (scale q) * value (scale v) * product (map value (numbers q)) (map value (numbers v)))%Q.

(* Relevance: ancestor or self in a hierarchy, or a judged pair. *)
Definition edge (edges : list (word * word)) (child parent : word) : Prop := In (child, parent) edges.
Definition ancestor (edges : list (word * word)) : word -> word -> Prop := clos_refl_trans word (edge edges).
Definition judged (pairs : list (word * word)) (q v : word) : Prop := In (q, v) pairs.

(* A pair is right if a match scores above the threshold and any other pair below it. *)
Definition is_right (relevant : word -> word -> Prop) (t : Q) (q v : row) : Prop :=
  (relevant (id q) (id v) -> (t < score q v)%Q) /\ (~ relevant (id q) (id v) -> (score q v < t)%Q).
