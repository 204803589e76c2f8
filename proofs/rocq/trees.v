(* Trees, their nodes, and what is above what.

   Definitions, and induction.  A tree is the list of its children's trees.  A node is the list of
   child numbers on the way from the root to it, so that `prefix v q` says that v is q or above it:
   a query at q is to retrieve just these v.  `laminar.v` and `forests.v` say that classes of sets
   that do not cross, and forests given by parents, are such trees. *)

Require Import List Lia Arith.
Import ListNotations.

Fixpoint prefix {A} (a b : list A) : Prop :=
  match a, b with
  | [], _ => True
  | x :: a', y :: b' => x = y /\ prefix a' b'
  | _, [] => False
  end.

Inductive tree : Type := Node : list tree -> tree.

Definition children (t : tree) : list tree := match t with Node cs => cs end.

Fixpoint is_node (t : tree) (v : list nat) : Prop :=
  match v with
  | [] => True
  | i :: rest => match nth_error (children t) i with Some c => is_node c rest | None => False end
  end.

Definition max_of (ns : list nat) : nat := fold_right Nat.max 0 ns.

(* Numbers of nodes, of leaves, and of nodes on the longest way down. *)
Fixpoint size (t : tree) : nat := match t with Node cs => S (list_sum (map size cs)) end.
Fixpoint leaves (t : tree) : nat :=
  match t with Node [] => 1 | Node cs => list_sum (map leaves cs) end.
Fixpoint levels (t : tree) : nat := match t with Node cs => S (max_of (map levels cs)) end.

Section Induction.
  Variable P : tree -> Prop.
  Variable step : forall children, Forall P children -> P (Node children).
  Fixpoint tree_induction (t : tree) : P t :=
    match t with
    | Node children =>
        step children
          ((fix all (ts : list tree) : Forall P ts :=
              match ts with
              | [] => Forall_nil P
              | t :: ts => Forall_cons t (tree_induction t) (all ts)
              end) children)
    end.
End Induction.

Lemma max_is_one_of : forall ns, ns <> [] -> In (max_of ns) ns.
Proof.
  induction ns as [| n ns IH]; [tauto |]; intros _; simpl.
  destruct ns as [| m ns]; [left; simpl; lia |].
  destruct (Nat.max_spec n (max_of (m :: ns))) as [[_ ->] | [_ ->]]; [right | left]; auto.
  apply IH; discriminate.
Qed.

Lemma max_is_largest : forall ns n, In n ns -> n <= max_of ns.
Proof.
  induction ns as [| m ns IH]; simpl; [tauto |]; intros n [-> | inside]; [lia |].
  specialize (IH n inside); lia.
Qed.
