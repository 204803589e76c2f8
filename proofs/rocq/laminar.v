(* Laminar classes: sets of queries that are nested or disjoint are the nodes of a tree.

   D v q says that query q matches document v; a class is a list of documents.  It is laminar if, of
   any two of its documents, the queries of one are among those of the other, or they share none.
   Proved: there is a tree and a node of it for every document and for every query, such that a
   query matches just the documents at its node and above.  Queries that match nothing stand at the
   root, which no document has; every other node is a document's, and documents with the same
   queries have the same node.
   Used for: every theorem here about laminar classes.
   Not here: the search for few classes. *)

Require Import List Lia Arith Bool trees.
Import ListNotations.

Section Laminar.
  Context {query document : Type}.
  Variable queries : list query.
  Variable D : document -> query -> bool.

  Definition inside v w := forall q, In q queries -> D v q = true -> D w q = true.
  Definition apart v w := forall q, In q queries -> D v q = true -> D w q = true -> False.
  Definition laminar (class : list document) := forall v w, In v class -> In w class ->
    inside v w \/ inside w v \/ apart v w.

  (* What the theorem says of a tree and the places in it. *)
  Definition tree_of (class : list document) (t : tree)
      (place : document -> list nat) (stand : query -> list nat) :=
    (forall v, In v class -> is_node t (place v) /\ place v <> [])
    /\ (forall q, In q queries -> is_node t (stand q))
    /\ (forall v q, In v class -> In q queries -> (D v q = true <-> prefix (place v) (stand q)))
    /\ (forall u, is_node t u -> u = [] \/ exists v, In v class /\ place v = u)
    /\ (forall v w, In v class -> In w class -> inside v w -> inside w v -> place v = place w)
    /\ size t <= S (length class).

  Definition is_inside v w := forallb (fun q => implb (D v q) (D w q)) queries.

  Lemma is_inside_spec : forall v w, is_inside v w = true <-> inside v w.
  Proof.
    intros v w; unfold is_inside, inside; rewrite forallb_forall; split; intros h q hq.
    - specialize (h q hq); destruct (D v q); [intros _; exact h | discriminate].
    - specialize (h q hq); destruct (D v q); [exact (h eq_refl) | reflexivity].
  Qed.

  Lemma not_inside : forall v w, is_inside v w = false -> ~ inside v w.
  Proof. intros v w e h; apply is_inside_spec in h; congruence. Qed.

  Lemma inside_trans : forall u v w, inside u v -> inside v w -> inside u w.
  Proof. unfold inside; auto. Qed.

  Lemma inside_itself : forall v, inside v v.
  Proof. unfold inside; auto. Qed.

  (* Some set is inside no larger one. *)
  Lemma some_is_largest : forall class, class <> [] ->
    exists s, In s class /\ forall w, In w class -> inside s w -> inside w s.
  Proof.
    induction class as [| x class IH]; [tauto |]; intros _.
    destruct class as [| y class].
    { exists x; split; [left; reflexivity | intros w [<- | []] h; exact h]. }
    destruct IH as (m & in_class & largest); [discriminate |].
    destruct (is_inside m x) eqn:e.
    - apply is_inside_spec in e; exists x; split; [left; reflexivity |].
      intros w [<- | hw] h; [exact h |].
      apply inside_trans with m; [apply largest; [exact hw | apply inside_trans with x] |];
        assumption.
    - exists m; split; [right; exact in_class |].
      intros w [<- | hw] h; [destruct (not_inside _ _ e h) | apply largest; assumption].
  Qed.

  (* The children of the root after another one has come first. *)
  Definition shift (u : list nat) : list nat := match u with [] => [] | i :: r => S i :: r end.

  Lemma is_node_shift : forall t cs u, is_node (Node cs) u -> is_node (Node (t :: cs)) (shift u).
  Proof. intros t cs [| i r] h; exact h. Qed.

  Lemma is_node_first : forall t cs u, is_node t u -> is_node (Node (t :: cs)) (0 :: u).
  Proof. intros t cs u h; exact h. Qed.

  Lemma prefix_shift : forall u w, prefix (shift u) (shift w) <-> prefix u w.
  Proof.
    intros [| i u] [| j w]; simpl; try tauto.
    split; intros [e h]; (split; [lia | exact h]).
  Qed.

  Lemma fewer : forall (f : document -> bool) class s, In s class -> f s = false ->
    length (filter f class) < length class.
  Proof.
    intros f class s; induction class as [| x class IH]; simpl; [tauto |].
    assert (length (filter f class) <= length class) as most
      by (clear; induction class as [| y class IH]; simpl; [| destruct (f y); simpl]; lia).
    intros [-> | h] e; [rewrite e; lia | specialize (IH h e); destruct (f x); simpl; lia].
  Qed.

  Lemma split_length : forall (f g : document -> bool) class s,
    (forall v, f v = true -> g v = true -> False) -> In s class -> f s = false -> g s = false ->
    S (length (filter f class) + length (filter g class)) <= length class.
  Proof.
    intros f g class s both; induction class as [| x class IH]; simpl; [tauto |].
    assert (length (filter f class) + length (filter g class) <= length class) as most.
    { clear IH; induction class as [| y class IH]; simpl; [lia |].
      specialize (both y); destruct (f y), (g y); simpl; try lia; exfalso; auto. }
    intros [-> | h] ef eg; [rewrite ef, eg; lia |].
    specialize (IH h ef eg); specialize (both x); destruct (f x), (g x); simpl; try lia; exfalso;
      auto.
  Qed.

  Theorem a_laminar_class_is_a_tree : forall class, laminar class ->
    exists t place stand, tree_of class t place stand.
  Proof.
    intro class; remember (length class) as n eqn:size_of_class; revert class size_of_class.
    induction n as [n IH] using lt_wf_ind; intros class -> nested.
    destruct class as [| x class'] eqn:given.
    { exists (Node []), (fun _ => []), (fun _ => []); unfold tree_of; simpl.
      repeat (split; [tauto |]); split; [| split; [tauto | lia]].
      intros [| [| i] u] h; simpl in h; tauto. }
    rewrite <- given in *; assert (class <> []) as some by (rewrite given; discriminate).
    clear x class' given; destruct (some_is_largest class some) as (s & hs & largest).
    (* s, what is strictly inside s, and what is apart from it *)
    set (below := fun v => is_inside v s && negb (is_inside s v)).
    set (beside := fun v => negb (is_inside v s)).
    assert (is_inside s s = true) as itself by (apply is_inside_spec, inside_itself).
    assert (below s = false /\ beside s = false) as [not_below not_beside]
      by (unfold below, beside; rewrite itself; auto).
    assert (forall f, laminar (filter f class)) as part
      by (intros f v w hv hw; apply filter_In in hv, hw; apply nested; tauto).
    destruct (IH _ (fewer below class s hs not_below) _ eq_refl (part below))
      as (t1 & place1 & stand1 & nodes1 & stands1 & right1 & all1 & same1 & size1).
    destruct (IH _ (fewer beside class s hs not_beside) _ eq_refl (part beside))
      as ([cs] & place2 & stand2 & nodes2 & stands2 & right2 & all2 & same2 & size2).
    assert (forall v, In v class -> beside v = true -> apart v s) as clear_of_s.
    { intros v hv e; unfold beside in e; apply negb_true_iff, not_inside in e.
      destruct (nested v s hv hs) as [h | [h | h]]; [tauto | | exact h].
      destruct e; apply largest; assumption. }
    set (place := fun v => if is_inside v s then if is_inside s v then [0] else 0 :: place1 v
                           else shift (place2 v)).
    set (stand := fun q => if D s q then 0 :: stand1 q else shift (stand2 q)).
    exists (Node (t1 :: cs)), place, stand.
    (* every document is one of three kinds *)
    assert (forall v, In v class ->
      (inside v s /\ inside s v /\ place v = [0])
      \/ (inside v s /\ In v (filter below class) /\ place v = 0 :: place1 v)
      \/ (apart v s /\ In v (filter beside class) /\ place v = shift (place2 v))) as kinds.
    { intros v hv; unfold place; destruct (is_inside v s) eqn:a.
      - destruct (is_inside s v) eqn:b.
        + left; rewrite <- !is_inside_spec; auto.
        + right; left; rewrite <- is_inside_spec; split; [exact a | split; [| reflexivity]].
          apply filter_In; split; [exact hv | unfold below; rewrite a, b; reflexivity].
      - right; right; assert (beside v = true) as e by (unfold beside; rewrite a; reflexivity).
        split; [apply clear_of_s; assumption | split; [| reflexivity]]; apply filter_In; auto. }
    assert (forall v, In v (filter beside class) -> exists i r, place2 v = i :: r) as nonempty
      by (intros v h; destruct (nodes2 v h) as [_ ne]; destruct (place2 v); [tauto | eauto]).
    split; [| split; [| split; [| split; [| split]]]].
    - intros v hv; destruct (kinds v hv) as [(_ & _ & ->) | [(_ & h & ->) | (_ & h & ->)]].
      + split; [exact I | discriminate].
      + split; [apply is_node_first, nodes1, h | discriminate].
      + split; [apply is_node_shift, nodes2, h |].
        destruct (nonempty v h) as (i & r & ->); discriminate.
    - intros q hq; unfold stand; destruct (D s q).
      + apply is_node_first, stands1, hq.
      + apply is_node_shift, stands2, hq.
    - intros v q hv hq; unfold stand.
      destruct (kinds v hv) as [(a & b & ->) | [(a & h & ->) | (a & h & ->)]];
        destruct (D s q) eqn:e.
      + simpl; specialize (b q hq e); tauto.
      + specialize (a q hq); rewrite e in a.
        split; [intro dv; specialize (a dv); discriminate |].
        destruct (stand2 q); simpl; [tauto | intros [absurd _]; discriminate].
      + rewrite (right1 v q h hq); simpl; tauto.
      + specialize (a q hq); rewrite e in a.
        split; [intro dv; specialize (a dv); discriminate |].
        destruct (stand2 q); simpl; [tauto | intros [absurd _]; discriminate].
      + destruct (nonempty v h) as (i & r & ->); simpl.
        split; [intro dv; destruct (a q hq dv e) | intros [absurd _]; discriminate].
      + rewrite prefix_shift; apply right2; assumption.
    - intros [| [| i] u] here; [left; reflexivity | right | right].
      + destruct (all1 u here) as [-> | (v & hv & <-)].
        * exists s; split; [exact hs | unfold place; rewrite itself; reflexivity].
        * exists v; apply filter_In in hv; destruct hv as [hv e]; split; [exact hv |].
          unfold below in e; apply andb_prop in e; destruct e as [a b].
          unfold place; rewrite a; apply negb_true_iff in b; rewrite b; reflexivity.
      + destruct (all2 (i :: u) here) as [absurd | (v & hv & e)]; [discriminate |].
        exists v; apply filter_In in hv; destruct hv as [hv b]; split; [exact hv |].
        unfold beside in b; apply negb_true_iff in b; unfold place; rewrite b, e; reflexivity.
    - intros v w hv hw vw wv.
      assert (forall a b : document, inside a b -> inside b a ->
        is_inside a s = is_inside b s /\ is_inside s a = is_inside s b) as alike.
      { intros a b ab ba; split; apply eq_true_iff_eq; rewrite !is_inside_spec; split;
          eauto using inside_trans. }
      destruct (alike v w vw wv) as [e1 e2]; unfold place; rewrite e1, e2.
      destruct (is_inside w s) eqn:a; [destruct (is_inside s w) eqn:b; [reflexivity |] |]; f_equal.
      + assert (below v = true /\ below w = true) as [bv bw]
          by (unfold below; rewrite e1, e2, a, b; auto).
        apply same1; try assumption; apply filter_In; auto.
      + assert (beside v = true /\ beside w = true) as [bv bw]
          by (unfold beside; rewrite e1, a; auto).
        apply same2; try assumption; apply filter_In; auto.
    - assert (S (length (filter below class) + length (filter beside class)) <= length class).
      { apply split_length with s; try assumption; unfold below, beside; intros v e f.
        apply andb_prop in e; destruct e as [e _]; rewrite e in f; discriminate. }
      destruct t1 as [cs1]; simpl in *; lia.
  Qed.
End Laminar.

Print Assumptions a_laminar_class_is_a_tree.
