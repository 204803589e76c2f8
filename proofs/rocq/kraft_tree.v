(* The Kraft trie of a tree: 1 + height small integers, scores 1 and at most -1.

   Proved, from the definitions on: the nodes of every tree have codes of bits, no longer than the
   height of the tree, such that v is q or above it just if the code of q begins with that of v; so
   there are vectors of 1 + height integers whose inner product is 1 if v is q or above it, and at
   most -1 if not.
   Used for: kraft_classes.v.  kraft_height.v says how large the height is.
   Not here: that hrgeom/constructions/covers/_laminar_trie.py makes these codes (every certificate
   checks the scores); stored types. *)

Require Import ZArith List Lia Arith trees vectors kraft_words kraft_height kraft_scores.
Import ListNotations.

Lemma prefixes_of_one_list : forall {A} (a b c : list A), prefix a c -> prefix b c ->
  prefix a b \/ prefix b a.
Proof.
  intros A; induction a as [| x a IH]; intros [| y b] [| z c]; simpl; try tauto.
  intros [-> ha] [-> hb]; destruct (IH b c ha hb); tauto.
Qed.

Lemma prefix_app : forall {A} (w a b : list A), prefix (w ++ a) (w ++ b) <-> prefix a b.
Proof. intros A; induction w; simpl; intros; [tauto | rewrite IHw; tauto]. Qed.

Lemma prefix_of_app : forall {A} (a b : list A), prefix a (a ++ b).
Proof. intros A; induction a; simpl; auto. Qed.

Lemma app_prefix : forall {A} (a b c : list A), prefix (a ++ b) c -> prefix a c.
Proof.
  intros A; induction a as [| x a IH]; intros b [| y c]; simpl; try tauto.
  intros [-> h]; split; [reflexivity | exact (IH b c h)].
Qed.

Definition good (t : tree) (code : list nat -> list bool) : Prop :=
  (forall v q, is_node t v -> is_node t q -> (prefix (code v) (code q) <-> prefix v q))
  /\ (forall v, is_node t v -> length (code v) <= height t).

Lemma collect : forall cs, Forall (fun t => exists f, good t f) cs -> exists fs, Forall2 good cs fs.
Proof.
  induction cs as [| t cs IH]; intros all; [exists []; constructor |].
  inversion all as [| ? ? [f h] rest]; subst; destruct (IH rest) as [fs hs].
  exists (f :: fs); constructor; assumption.
Qed.
Lemma at_place : forall {A B} (R : A -> B -> Prop) xs ys i x,
  Forall2 R xs ys -> nth_error xs i = Some x -> exists y, nth_error ys i = Some y /\ R x y.
Proof.
  intros A B R xs ys i x h; revert i; induction h; intros [| i] e; simpl in *; try discriminate;
    [injection e as <-; eauto | apply IHh; exact e].
Qed.
Lemma pairs_of : forall ws i j a b, prefix_free ws -> i < j ->
  nth_error ws i = Some a -> nth_error ws j = Some b -> incomparable a b.
Proof.
  intros ws i j a b h; revert i j; induction h as [| w ws all _ IH]; intros [| i] [| j] lt ea eb;
    simpl in *; try discriminate; try lia.
  - injection ea as <-; rewrite Forall_forall in all; apply all; eapply nth_error_In; exact eb.
  - apply (IH i j); [lia | assumption | assumption].
Qed.
Lemma every_tree_has_codes : forall t, exists code, good t code.
Proof.
  induction t as [cs all] using tree_induction; destruct (collect cs all) as [fs codes].
  assert (exists ws, Forall2 (fun x (w : list bool) => length w + x = height (Node cs) /\ w <> [])
    (map height cs) ws /\ prefix_free ws) as (ws & lengths & free).
  { destruct cs as [| c cs]; [exists []; split; constructor |].
    apply kraft; [apply children_are_lower | apply children_fit]. }
  pose (code := fun p =>
    match p with [] => [] | i :: r => nth i ws [] ++ nth i fs (fun _ => []) r end).
  assert (forall i c, nth_error cs i = Some c -> exists w f, nth_error ws i = Some w /\ good c f /\
    length w + height c = height (Node cs) /\ w <> []
    /\ forall r, code (i :: r) = w ++ f r) as child.
  { intros i c e; destruct (at_place _ _ _ _ _ codes e) as (f & ef & hf).
    destruct (at_place _ _ _ _ _ lengths (map_nth_error height i cs e)) as (w & ew & hw & nonempty).
    exists w, f; split; [exact ew |]; split; [exact hf |]; split; [exact hw |]; split;
      [exact nonempty |].
    intro r; unfold code; rewrite (nth_error_nth _ _ _ ew), (nth_error_nth _ _ _ ef); reflexivity. }
  exists code; split.
  - intros [| i v] q hv hq; [unfold code; simpl; tauto |].
    simpl in hv; destruct (nth_error cs i) as [c |] eqn:ei; [| tauto].
    destruct (child i c ei) as (w & f & ew & [hf _] & _ & nonempty & cv); rewrite cv.
    destruct q as [| j q]; [unfold code; destruct w; simpl; tauto |].
    simpl in hq; destruct (nth_error cs j) as [c' |] eqn:ej; [| tauto].
    destruct (child j c' ej) as (w' & f' & ew' & _ & _ & _ & cq); rewrite cq.
    destruct (Nat.eq_dec i j) as [<- | differ].
    + rewrite ei in ej; injection ej as <-; rewrite ew in ew'; injection ew' as <-.
      assert (f q = f' q) as <- by (specialize (cv q); rewrite cq in cv;
        apply app_inv_head in cv; congruence).
      rewrite prefix_app; specialize (hf v q hv hq); simpl; tauto.
    + split; [| simpl; tauto]; intro h; exfalso; assert (incomparable w w') as [no no'].
      { destruct (lt_eq_lt_dec i j) as [[lt | same] | lt];
        [exact (pairs_of ws i j w w' free lt ew ew') | congruence |].
        apply incomparable_sym; exact (pairs_of ws j i w' w free lt ew' ew). }
      apply app_prefix in h; destruct (prefixes_of_one_list _ _ _ h (prefix_of_app w' (f' q)));
        tauto.
  - intros [| i v] hv; [unfold code; simpl; lia |].
    simpl in hv; destruct (nth_error cs i) as [c |] eqn:ei; [| tauto].
    destruct (child i c ei) as (w & f & _ & [_ short] & sum & _ & cv); rewrite cv, app_length.
    specialize (short v hv); lia.
Qed.
Theorem every_tree_in_1_plus_height_integers : forall t,
  exists q_vector v_vector : list nat -> list Z,
    forall q v, is_node t q -> is_node t v ->
      length (q_vector q) = S (height t) /\ length (v_vector v) = S (height t)
      /\ Forall (fun x => Z.abs x <= 1)%Z (q_vector q)
      /\ Forall (fun x => Z.abs x <= 2 * Z.of_nat (height t) + 1)%Z (v_vector v)
      /\ (prefix v q -> dot (q_vector q) (v_vector v) = 1%Z)
      /\ (~ prefix v q -> (dot (q_vector q) (v_vector v) <= -1)%Z).
Proof.
  intro t; destruct (every_tree_has_codes t) as (code & same & short).
  exists (fun q => query_block (height t) (code q) ++ [1%Z]),
    (fun v => document_block (height t) (code v) ++ [last (code v)]).
  intros q v hq hv; pose proof (short q hq) as sq; pose proof (short v hv) as sv.
  rewrite !app_length, length_of_query, length_of_document by assumption.
  destruct (entries (height t) (code q)) as [eq _], (entries (height t) (code v)) as [_ ev].
  rewrite !Forall_app, dot_app by (rewrite length_of_query, length_of_document by assumption;
    reflexivity).
  replace (dot [1%Z] [last (code v)]) with (last (code v)) by (cbn [dot]; lia).
  destruct (score_of_codes (height t) (code q) (code v)) as [one less].
  rewrite <- same by assumption.
  repeat split; try (simpl; lia); try assumption; try (repeat constructor; unfold last; lia).
  destruct (height t) as [| h] eqn:e.
  - destruct (code v); [constructor | simpl in sv; lia].
  - eapply Forall_impl; [| exact ev]; intros x small; cbv beta in *; lia.
Qed.

Print Assumptions every_tree_in_1_plus_height_integers.
