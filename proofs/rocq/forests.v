(* Forests given by parents: the sets of descendants are one laminar class.

   A node has a parent or none, and no way up goes on for ever.  `ancestor v q` says that v is q,
   its parent, its parent's parent, and so on: just what query q is to retrieve.
   Proved: `ancestor` can be decided; and with D v q = "v is q or above it" any nodes are a laminar
   class.  Where every parent has a smaller number than its child there are no cycles.
   Used for: every theorem here about forests, from those about laminar classes.
   Not here: that a hierarchy read by hrgeom is a forest: the package looks at its edges. *)

Require Import List Lia Arith laminar.
Import ListNotations.

Section Forest.
  Context {node : Type}.
  Variable parent : node -> option node.

  Inductive ancestor (v : node) : node -> Prop :=
  | itself : ancestor v v
  | above : forall p q, parent q = Some p -> ancestor v p -> ancestor v q.

  Definition no_cycles := well_founded (fun p q => parent q = Some p).

  Lemma ancestors_of : forall v q, ancestor v q ->
    v = q \/ exists p, parent q = Some p /\ ancestor v p.
  Proof. intros v q [| p r e h]; eauto. Qed.

  Lemma ancestors_are_a_chain : forall v q, ancestor v q ->
    forall w, ancestor w q -> ancestor v w \/ ancestor w v.
  Proof.
    intros v q h; induction h as [| p q e h IH]; intros w hw; [right; exact hw |].
    destruct (ancestors_of w q hw) as [-> | (p' & e' & h')].
    - left; exact (above v p q e h).
    - replace p' with p in h' by congruence; apply IH; exact h'.
  Qed.

  Lemma ancestor_trans : forall u v q, ancestor u v -> ancestor v q -> ancestor u q.
  Proof. intros u v q h g; induction g; [exact h | eapply above; eassumption]. Qed.

  Lemma ancestor_dec : (forall a b : node, {a = b} + {a <> b}) -> no_cycles ->
    forall v q, {ancestor v q} + {~ ancestor v q}.
  Proof.
    intros eq_dec ends v; apply (well_founded_induction ends); intros q IH.
    destruct (eq_dec v q) as [-> | other]; [left; apply itself |].
    destruct (parent q) as [p |] eqn:e.
    - destruct (IH p eq_refl) as [yes | no]; [left; eapply above; eassumption |].
      right; intro h; destruct (ancestors_of v q h) as [| (p' & e' & h')]; congruence.
    - right; intro h; destruct (ancestors_of v q h) as [| (p' & e' & h')]; congruence.
  Qed.
End Forest.

Theorem a_forest_is_a_laminar_class : forall (node : Type) (parent : node -> option node),
  (forall a b : node, {a = b} + {a <> b}) -> no_cycles parent ->
  exists D : node -> node -> bool, (forall v q, D v q = true <-> ancestor parent v q)
    /\ forall nodes class, laminar nodes D class.
Proof.
  intros node parent eq_dec ends.
  set (D := fun v q => if ancestor_dec parent eq_dec ends v q then true else false).
  assert (forall v q, D v q = true <-> ancestor parent v q) as same.
  { intros v q; unfold D; destruct (ancestor_dec _ _ _ v q); split; intro; congruence. }
  exists D; split; [exact same |]; intros nodes class v w _ _.
  destruct (ancestor_dec parent eq_dec ends v w) as [vw | not_vw].
  { right; left; intros q _; rewrite !same; intro wq; exact (ancestor_trans _ _ _ _ vw wq). }
  destruct (ancestor_dec parent eq_dec ends w v) as [wv | not_wv].
  { left; intros q _; rewrite !same; intro vq; exact (ancestor_trans _ _ _ _ wv vq). }
  right; right; intros q _; rewrite !same; intros vq wq.
  destruct (ancestors_are_a_chain _ _ _ vq _ wq); tauto.
Qed.

(* An array of parents, each of a smaller number than its node, has no cycles. *)
Theorem parents_with_smaller_numbers : forall parent : nat -> option nat,
  (forall q p, parent q = Some p -> p < q) -> no_cycles parent.
Proof.
  intros parent smaller q; induction q as [q IH] using lt_wf_ind.
  constructor; intros p e; apply IH, smaller; exact e.
Qed.

Print Assumptions a_forest_is_a_laminar_class.
Print Assumptions parents_with_smaller_numbers.
