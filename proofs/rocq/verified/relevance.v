(* Tables by words, and who is relevant: ancestors of nodes whose parents are known, or pairs as given. *)

Require Import ZArith List Lia Bool Relations FMapPositive.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Words as keys. ---- *)

(* The bits of a word, the lowest first, as far as the highest that is set. *)
Fixpoint bits (fuel : nat) (x : word) : positive :=
  match fuel with
  | O => xH
  | S fuel' =>
      if (x =? 0)%uint63 then xH
      else (if (x land 1 =? 0)%uint63 then xO else xI) (bits fuel' (x >> 1)%uint63)
  end.

Definition key (x : word) : positive := bits 63 x.

Fixpoint read_bits (p : positive) : Z :=
  match p with xH => 0 | xO p' => 2 * read_bits p' | xI p' => 2 * read_bits p' + 1 end.

Lemma half_of_word : forall x, Uint63.to_Z (x >> 1)%uint63 = Uint63.to_Z x / 2.
Proof. intro x; rewrite Uint63.lsr_spec; reflexivity. Qed.

Lemma low_bit : forall x, Uint63.to_Z (x land 1)%uint63 = Uint63.to_Z x mod 2.
Proof. intro x; rewrite Uint63.land_spec'; change (Uint63.to_Z 1) with (Z.ones 1); rewrite Z.land_ones by lia; reflexivity. Qed.

Lemma bits_are : forall fuel x, Uint63.to_Z x < 2 ^ Z.of_nat fuel -> read_bits (bits fuel x) = Uint63.to_Z x.
Proof.
  induction fuel as [| fuel IH]; intros x h; pose proof (Uint63.to_Z_bounded x) as r.
  - simpl in *; lia.
  - cbn [bits]; destruct (x =? 0)%uint63 eqn:z; [apply eq_word in z; subst; reflexivity |].
    assert (Uint63.to_Z (x >> 1)%uint63 < 2 ^ Z.of_nat fuel) as less.
    { rewrite half_of_word; apply Z.div_lt_upper_bound; [lia |].
      rewrite Nat2Z.inj_succ, Z.pow_succ_r in h by lia; exact h. }
    pose proof (Z.div_mod (Uint63.to_Z x) 2 ltac:(lia)) as dm.
    pose proof (Z.mod_pos_bound (Uint63.to_Z x) 2 ltac:(lia)) as mp.
    rewrite <- low_bit, <- half_of_word in dm; rewrite <- low_bit in mp.
    destruct (x land 1 =? 0)%uint63 eqn:e; cbn [read_bits]; rewrite (IH _ less).
    + apply eq_word in e; rewrite e in dm; change (Uint63.to_Z 0) with 0 in dm; lia.
    + assert (Uint63.to_Z (x land 1)%uint63 <> 0); [| lia].
      intro e0; apply (Uint63.to_Z_inj _ 0%uint63) in e0; rewrite e0 in e; discriminate.
Qed.

Lemma key_reads : forall x, read_bits (key x) = Uint63.to_Z x.
Proof. intro x; exact (bits_are 63 x (proj2 (Uint63.to_Z_bounded x))). Qed.

Lemma key_injective : forall i j, key i = key j -> i = j.
Proof.
  intros i j e; apply (f_equal read_bits) in e; rewrite !key_reads in e; exact (Uint63.to_Z_inj i j e).
Qed.

Definition table A := PositiveMap.t A.
Definition find {A} (i : word) (m : table A) : option A := PositiveMap.find (key i) m.
Definition put {A} (i : word) (x : A) (m : table A) : table A := PositiveMap.add (key i) x m.
Definition empty {A} : table A := PositiveMap.empty A.

Lemma find_empty : forall {A} i, find i (@empty A) = None.
Proof. intros; apply PositiveMap.gempty. Qed.

Lemma find_put : forall {A} (m : table A) i j x, find i (put j x m) = if (i =? j)%uint63 then Some x else find i m.
Proof.
  intros A m i j x; unfold find, put; destruct (i =? j)%uint63 eqn:e.
  - apply eq_word in e; subst; apply PositiveMap.gss.
  - apply PositiveMap.gso; intro k; apply key_injective in k; subst; rewrite Uint63.eqb_refl in e; discriminate.
Qed.

Definition list_at (i : word) (m : table (list word)) : list word :=
  match find i m with Some l => l | None => [] end.

(* ---- 2. Pairs by their first word. ---- *)

Definition add_pair (m : table (list word)) (e : word * word) : table (list word) :=
  put (fst e) (snd e :: list_at (fst e) m) m.
Definition by_first (pairs : list (word * word)) : table (list word) := fold_left add_pair pairs empty.

Lemma by_first_is : forall pairs i x, In x (list_at i (by_first pairs)) <-> In (i, x) pairs.
Proof.
  assert (forall pairs m i x, In x (list_at i (fold_left add_pair pairs m)) <-> In (i, x) pairs \/ In x (list_at i m)) as all.
  { induction pairs as [| [a b] pairs IH]; intros m i x; simpl; [tauto |].
    rewrite IH; unfold add_pair at 1, list_at at 1; simpl; rewrite find_put.
    destruct (i =? a)%uint63 eqn:e.
    - apply eq_word in e; subst; simpl; intuition (try congruence; auto).
    - assert (i <> a) by (intro; subst; rewrite Uint63.eqb_refl in e; discriminate).
      fold (list_at i m); split; [intros [h | h]; auto | intros [[h | h] | h]; [congruence | auto | auto]]. }
  intros; unfold by_first; rewrite all; unfold list_at; rewrite find_empty; simpl; tauto.
Qed.

(* ---- 3. Ancestors: those of each node once all its parents are known. ---- *)

Fixpoint merge (a : list word) : list word -> list word :=
  fix merge_a (b : list word) : list word :=
    match a, b with
    | [], _ => b
    | _, [] => a
    | x :: a', y :: b' =>
        if (x =? y)%uint63 then x :: merge a' b'
        else if (x <? y)%uint63 then x :: merge a' b else y :: merge_a b'
    end.

Lemma in_merge : forall x a b, In x (merge a b) <-> In x a \/ In x b.
Proof.
  intros x; induction a as [| y a IH]; [intros [| z b]; simpl; tauto |].
  induction b as [| z b IHb]; [simpl; tauto |].
  cbn [merge]; destruct (y =? z)%uint63 eqn:e.
  - apply eq_word in e; subst; simpl; rewrite IH; tauto.
  - destruct (y <? z)%uint63; simpl.
    + rewrite IH; simpl; tauto.
    + change (z = x \/ In x (merge (y :: a) b) <-> (y = x \/ In x a) \/ z = x \/ In x b).
      rewrite IHb; simpl; tauto.
Qed.

Fixpoint gather (known : table (list word)) (ps : list word) (sum : list word) : option (list word) :=
  match ps with
  | [] => Some sum
  | p :: ps' => match find p known with Some l => gather known ps' (merge l sum) | None => None end
  end.

Fixpoint climb (up : table (list word)) (order : list word) (known : table (list word)) : option (table (list word)) :=
  match order with
  | [] => Some known
  | q :: rest =>
      match gather known (list_at q up) [q] with
      | Some l => climb up rest (put q l known)
      | None => None
      end
  end.

(* `order` is a hint: the nodes, parents first.  A cycle has no such order. *)
Definition ancestors (edges : list (word * word)) (order : list word) : option (table (list word)) :=
  climb (by_first edges) order empty.

(* A table of who is relevant, for the queries that it holds. *)
Definition tells (relevant : word -> word -> Prop) (known : table (list word)) : Prop :=
  forall q l, find q known = Some l -> forall v, In v l <-> relevant q v.

Section Ancestors.
  Variable edges : list (word * word).

  Lemma gather_is_right : forall known, tells (ancestor edges) known -> forall ps sum l, gather known ps sum = Some l ->
    forall v, In v l <-> In v sum \/ exists p, In p ps /\ ancestor edges p v.
  Proof.
    intros known hk; induction ps as [| p ps IH]; intros sum l h v; simpl in h.
    - injection h as <-; firstorder.
    - destruct (find p known) as [lp |] eqn:found; [| discriminate].
      rewrite (IH _ _ h v), in_merge, (hk p lp found v); simpl.
      split; [intros [[up_ | old] | (r & i & up_)] | intros [old | (r & [<- | i] & up_)]]; eauto 6.
  Qed.

  Lemma first_step : forall q v, ancestor edges q v <-> q = v \/ exists p, edge edges q p /\ ancestor edges p v.
  Proof.
    intros q v; split.
    - intro h; apply clos_rt_rt1n in h; destruct h as [| p v step rest]; [auto |].
      right; exists p; split; [exact step | apply clos_rt1n_rt, rest].
    - intros [<- | (p & step & rest)]; [apply rt_refl | eapply rt_trans; [apply rt_step, step | exact rest]].
  Qed.

  Lemma climb_is_right : forall order known m,
    tells (ancestor edges) known -> climb (by_first edges) order known = Some m -> tells (ancestor edges) m.
  Proof.
    induction order as [| q order IH]; intros known m hk h; simpl in h; [injection h as <-; exact hk |].
    destruct (gather known (list_at q (by_first edges)) [q]) as [l |] eqn:g; [| discriminate].
    apply (IH _ _) in h; [exact h |]; intros i li found v.
    rewrite find_put in found; destruct (i =? q)%uint63 eqn:e; [| exact (hk i li found v)].
    apply eq_word in e; subst; injection found as <-.
    rewrite (gather_is_right known hk _ _ _ g v), first_step; simpl.
    split; (intros [h' | (p & a & b)]; [left; tauto | right; exists p; split; [apply by_first_is |]; assumption]).
  Qed.
End Ancestors.

Theorem ancestors_are_right : forall edges order known,
  ancestors edges order = Some known -> tells (ancestor edges) known.
Proof.
  intros edges order known h; eapply climb_is_right; [| exact h].
  intros q l e; rewrite find_empty in e; discriminate.
Qed.

(* Judged pairs; a query without any has an empty list. *)
Definition judgments (pairs : list (word * word)) (queries : list word) : table (list word) :=
  fold_left (fun m q => put q (list_at q m) m) queries (by_first pairs).

Theorem judgments_are_right : forall pairs queries, tells (judged pairs) (judgments pairs queries).
Proof.
  intros pairs queries; unfold judgments.
  assert (forall m, (forall q v, In v (list_at q m) <-> judged pairs q v) ->
    forall q v, In v (list_at q (fold_left (fun m q => put q (list_at q m) m) queries m)) <-> judged pairs q v) as keeps.
  { induction queries as [| p queries IH]; intros m h; [exact h |]; cbn [fold_left]; apply IH; intros q v.
    unfold list_at at 1; rewrite find_put; destruct (q =? p)%uint63 eqn:e; [apply eq_word in e; subst; apply h | apply h]. }
  intros q l found v; rewrite <- (keeps _ (by_first_is pairs) q v); unfold list_at at 1; rewrite found; tauto.
Qed.
