(* Kraft tries of several classes: 1 + the sum of the heights, for k laminar classes and forests.

   Proved, from the definitions on: documents in k laminar classes have trees, one a class, whose
   nodes are the sets of the class and a root above them; and vectors of 1 + the sum of the heights
   integers whose inner product is 1 if the query matches the document and at most -1 if not.  The
   nodes of a forest are one such class.  The heights are those of kraft_height.v.
   Used for: `trie`, the construction; proofs/kraft_trie.py.
   Not here: leaving out the root above where one set holds all others, which saves a level (for one
   tree that is kraft_tree.v); the search for classes; stored types. *)

Require Import ZArith List Lia Arith.
Require Import trees vectors laminar forests laminar_intervals kraft_height kraft_scores kraft_tree.
Import ListNotations.

Definition sum_of_heights (T : nat -> tree) (k : nat) : nat :=
  list_sum (map (fun t => height (T t)) (seq 0 k)).

Section Tries.
  Variables query document : Type.
  Variable k : nat.
  Variable T : nat -> tree.
  Variable code : nat -> list nat -> list bool.
  Variable stand : nat -> query -> list nat.
  Variable c : document -> nat.
  Variable place : nat -> document -> list nat.

  Definition block_of q t := query_block (height (T t)) (code t (stand t q)).
  Definition own_code v := code (c v) (place (c v) v).
  Definition block_for v t :=
    if Nat.eqb t (c v) then document_block (height (T t)) (own_code v) else zeros (height (T t)).
  Definition query_row q := blocks (block_of q) k [1%Z].
  Definition document_row v := blocks (block_for v) k [last (own_code v)].

  Lemma vectors_of_tries : forall q v, (c v < k)%nat ->
    (forall t, (t < k)%nat -> good (T t) (code t) /\ is_node (T t) (stand t q)) ->
    is_node (T (c v)) (place (c v) v) ->
    length (query_row q) = S (sum_of_heights T k)
      /\ length (document_row v) = S (sum_of_heights T k)
    /\ dot (query_row q) (document_row v) =
        (dot (query_block (height (T (c v))) (code (c v) (stand (c v) q)))
             (document_block (height (T (c v))) (own_code v)) + last (own_code v))%Z.
  Proof.
    intros q v has_class all node.
    assert (forall t, t < k -> length (block_of q t) = height (T t)) as lq.
    { intros t lt; destruct (all t lt) as [[_ short] here]; apply length_of_query, short, here. }
    assert (forall t, t < k -> length (block_for v t) = height (T t)) as lv.
    { intros t lt; unfold block_for; destruct (Nat.eqb_spec t (c v)) as [-> | other].
      - apply length_of_document; destruct (all _ has_class) as [[_ short] _]; apply short, node.
      - apply repeat_length. }
    unfold query_row, document_row, sum_of_heights.
    rewrite (length_of_blocks _ _ _ _ lq), (length_of_blocks _ _ _ _ lv).
    split; [simpl; lia | split; [simpl; lia |]].
    rewrite dot_of_one_class with (c := c v); [| exact has_class | |].
    - unfold block_of, block_for; rewrite Nat.eqb_refl; cbn [dot]; lia.
    - intros t lt; rewrite lq, lv by exact lt; reflexivity.
    - intros t other; unfold block_for; apply Nat.eqb_neq in other; rewrite other;
        apply zeros_right.
  Qed.
End Tries.

Theorem laminar_classes_in_1_plus_heights_integers :
  forall (query document : Type) (queries : list query) (documents : list document)
    (D : document -> query -> bool) (c : document -> nat) (k : nat),
  (forall t, laminar queries D (class_of c documents t)) ->
  (forall v, In v documents -> (c v < k)%nat) ->
  exists (T : nat -> tree) (place : nat -> document -> list nat) (stand : nat -> query -> list nat)
    (q_vector : query -> list Z) (v_vector : document -> list Z),
    (forall t, (t < k)%nat -> tree_of queries D (class_of c documents t) (T t) (place t) (stand t))
    /\ forall q v, In q queries -> In v documents ->
      length (q_vector q) = S (sum_of_heights T k) /\ length (v_vector v) = S (sum_of_heights T k)
      /\ (D v q = true -> dot (q_vector q) (v_vector v) = 1%Z)
      /\ (D v q = false -> (dot (q_vector q) (v_vector v) <= -1)%Z).
Proof.
  intros query document queries documents D c k nested split_up.
  destruct (choose
    (fun t (x : tree * (document -> list nat) * (query -> list nat)) =>
       tree_of queries D (class_of c documents t) (fst (fst x)) (snd (fst x)) (snd x))) with k
    as [f right].
  { intro t; destruct (a_laminar_class_is_a_tree queries D _ (nested t)) as (x & y & z & h).
    exists (x, y, z); exact h. }
  set (T := fun t => fst (fst (f t))).
  set (place := fun t => snd (fst (f t))); set (stand := fun t => snd (f t)).
  destruct (choose (fun t code => good (T t) code)) with k as [code codes];
    [intro t; apply every_tree_has_codes |].
  exists T, place, stand, (query_row query k T code stand),
    (document_row document k T code c place).
  split; [exact right |]; intros q v hq hv; pose proof (split_up v hv) as has_class.
  destruct (right (c v) has_class) as (nodes & _ & same & _).
  assert (is_node (T (c v)) (place (c v) v)) as node
    by (apply nodes, in_its_class; exact hv).
  assert (forall t, t < k -> good (T t) (code t) /\ is_node (T t) (stand t q)) as all.
  { intros t lt; split; [apply codes; exact lt |].
    destruct (right t lt) as (_ & stands & _); apply stands; exact hq. }
  destruct (vectors_of_tries query document k T code stand c place q v has_class all node)
    as (dq & dv & ->).
  destruct (all _ has_class) as [[tells _] here].
  assert (D v q = true <-> prefix (place (c v) v) (stand (c v) q)) as matches
    by (apply same; [apply in_its_class |]; assumption).
  destruct (score_of_codes (height (T (c v))) (code (c v) (stand (c v) q))
    (own_code document code c place v))
    as [one less].
  unfold own_code in *; rewrite (tells _ _ node here), <- matches in one.
  rewrite (tells _ _ node here), <- matches in less.
  split; [exact dq | split; [exact dv | split; intro h]]; [apply one | apply less]; congruence.
Qed.

Theorem every_forest_in_1_plus_height_integers :
  forall (node : Type) (parent : node -> option node) (nodes : list node),
  (forall a b : node, {a = b} + {a <> b}) -> no_cycles parent ->
  exists (t : tree) (place q_place : node -> list nat) (q_vector v_vector : node -> list Z),
    (forall v, In v nodes -> is_node t (place v) /\ place v <> [])
    /\ (forall u, is_node t u -> u = [] \/ exists v, In v nodes /\ place v = u)
    /\ forall q v, In q nodes -> In v nodes ->
      (ancestor parent v q <-> prefix (place v) (q_place q))
      /\ length (q_vector q) = S (height t) /\ length (v_vector v) = S (height t)
      /\ (ancestor parent v q -> dot (q_vector q) (v_vector v) = 1%Z)
      /\ (~ ancestor parent v q -> (dot (q_vector q) (v_vector v) <= -1)%Z).
Proof.
  intros node parent nodes eq_dec ends.
  destruct (a_forest_is_a_laminar_class node parent eq_dec ends) as (D & same & nested).
  destruct (laminar_classes_in_1_plus_heights_integers node node nodes nodes D (fun _ => 0) 1)
    as (T & place & stand & q_vector & v_vector & trees & right); [intro t; apply nested | lia |].
  destruct (trees 0 ltac:(lia)) as (places & _ & tells & all & _).
  assert (class_of (fun _ : node => 0) nodes 0 = nodes) as whole
    by (clear; induction nodes as [| x xs IH]; [reflexivity |]; cbn; f_equal; exact IH).
  rewrite whole in *; exists (T 0), (place 0), (stand 0), q_vector, v_vector.
  split; [exact places | split; [exact all |]]; intros q v hq hv.
  destruct (right q v hq hv) as (dq & dv & one & less); rewrite <- same.
  unfold sum_of_heights in dq, dv; simpl in dq, dv; rewrite Nat.add_0_r in dq, dv.
  split; [apply tells; assumption | split; [exact dq | split; [exact dv | split; [exact one |]]]].
  intro h; apply less; destruct (D v q); congruence.
Qed.

Print Assumptions laminar_classes_in_1_plus_heights_integers.
Print Assumptions every_forest_in_1_plus_height_integers.
