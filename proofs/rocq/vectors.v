(* Vectors of integers and of fractions, and blocks of coordinates side by side.

   Lemmas only.  What is used: where a document is zero outside the coordinates of one class, its
   score with any query is that of the two blocks of this class and of the coordinates that follow
   all blocks.  Vectors are lists; `dot` multiplies as far as both go, so every theorem that uses it
   states the lengths as well. *)

Require Import ZArith QArith List Lia Arith.
Import ListNotations.
Local Open Scope Z_scope.

Fixpoint dot (a b : list Z) : Z :=
  match a, b with
  | x :: a', y :: b' => x * y + dot a' b'
  | _, _ => 0
  end.

Fixpoint dotQ (a b : list Q) : Q :=
  match a, b with
  | x :: a', y :: b' => x * y + dotQ a' b'
  | _, _ => 0
  end.

(* The blocks f 0, ..., f (k - 1), and further coordinates. *)
Definition blocks (f : nat -> list Z) (k : nat) (more : list Z) : list Z :=
  flat_map f (seq 0 k) ++ more.

Lemma dot_app : forall a b c d, length a = length b -> dot (a ++ c) (b ++ d) = dot a b + dot c d.
Proof.
  induction a as [| x a IH]; intros [| y b] c d same; try discriminate; [reflexivity |].
  cbn [app dot]; rewrite IH by (simpl in same; lia); ring.
Qed.

Lemma dot_nothing : forall (f g : nat -> list Z) ts a b,
  (forall t, In t ts -> length (f t) = length (g t) /\ dot (f t) (g t) = 0) ->
  dot (flat_map f ts ++ a) (flat_map g ts ++ b) = dot a b.
Proof.
  intros f g ts a b; induction ts as [| t ts IH]; intro all; [reflexivity |].
  destruct (all t (or_introl eq_refl)) as [same zero].
  cbn [flat_map]; rewrite <- !app_assoc, dot_app, zero, IH by auto with datatypes; reflexivity.
Qed.

Lemma dot_of_one_class : forall f g k a b c,
  (c < k)%nat -> (forall t, (t < k)%nat -> length (f t) = length (g t)) ->
  (forall t, t <> c -> dot (f t) (g t) = 0) ->
  dot (blocks f k a) (blocks g k b) = dot (f c) (g c) + dot a b.
Proof.
  intros f g k a b c inside same zero; unfold blocks.
  replace k with (c + S (k - S c))%nat by lia.
  rewrite seq_app, !flat_map_app, <- !app_assoc; cbn [seq flat_map Nat.add]; rewrite <- !app_assoc.
  rewrite dot_nothing, dot_app, dot_nothing; [reflexivity | | apply same; exact inside |];
    intros t at_t; apply in_seq in at_t; split; try apply same; try apply zero; lia.
Qed.

Lemma length_of_blocks : forall f k a w,
  (forall t, (t < k)%nat -> length (f t) = w t) ->
  length (blocks f k a) = (list_sum (map w (seq 0 k)) + length a)%nat.
Proof.
  intros f k a w same; unfold blocks; rewrite app_length; f_equal.
  assert (forall t, In t (seq 0 k) -> length (f t) = w t) as all
    by (intros t at_t; apply in_seq in at_t; apply same; lia).
  revert all; induction (seq 0 k) as [| t ts IH]; intro all; [reflexivity |].
  cbn [flat_map]; rewrite app_length, IH, all by auto with datatypes; reflexivity.
Qed.

Lemma sum_of_equal : forall w k, list_sum (map (fun _ => w) (seq 0 k)) = (w * k)%nat.
Proof. intros w k; rewrite <- (seq_length k 0) at 2; induction (seq 0 k); simpl; lia. Qed.

(* A vector of fractions with one divisor. *)
Definition over (d : positive) (a : list Z) : list Q := map (fun x => x # d) a.
Definition whole (a : list Z) : list Q := map inject_Z a.

Lemma dot_over : forall d a b, (dotQ (whole a) (over d b) == dot a b # d)%Q.
Proof.
  intros d; induction a as [| x a IH]; intros [| y b]; cbn; try reflexivity.
  unfold whole, over in IH; rewrite IH; unfold Qeq, Qplus, Qmult, inject_Z; cbn; lia.
Qed.

(* One value for every class, from one for each: finitely many choices. *)
Lemma choose : forall {A} (P : nat -> A -> Prop), (forall t, exists x, P t x) ->
  forall k, exists f, forall t, (t < k)%nat -> P t (f t).
Proof.
  intros A P all k; induction k as [| k (f & here)].
  - destruct (all O) as [x _]; exists (fun _ => x); lia.
  - destruct (all k) as [x hx]; exists (fun t => if Nat.eqb t k then x else f t); intros t lt.
    destruct (Nat.eqb_spec t k) as [-> | other]; [exact hx | apply here; lia].
Qed.
