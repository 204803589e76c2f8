(* Counting instead of visiting: if every relevant pair matches, and no more pairs match than are relevant, then the
   two are the same pairs.  And how many numbers of one list lie below those of another, from both in order. *)

Require Import ZArith List Lia Bool Permutation Sorted.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Sorting without a deep stack.  That the result is in order is checked afterwards, not proved. ---- *)

Fixpoint merge_onto (down : bool) (a : list word) : list word -> list word -> list word :=
  fix merge_a (b acc : list word) : list word :=
    match a, b with
    | [], _ => rev_append b acc
    | _, [] => rev_append a acc
    | x :: a', y :: b' =>
        if (if down then (y <? x)%sint63 else (x <? y)%sint63) then merge_onto down a' b (x :: acc) else merge_a b' (y :: acc)
    end.

Fixpoint merge_pairs (down : bool) (runs acc : list (list word)) : list (list word) :=
  match runs with
  | a :: b :: rest => merge_pairs down rest (merge_onto down a b [] :: acc)
  | [a] => rev_append a [] :: acc
  | [] => acc
  end.

Fixpoint merge_all (fuel : nat) (down : bool) (runs : list (list word)) : list word :=
  match fuel, runs with
  | S fuel', _ :: _ :: _ => merge_all fuel' (negb down) (merge_pairs down runs [])
  | _, _ => fold_left (fun acc run => rev_append run acc) runs []
  end.

Fixpoint in_order (l : list word) : bool :=
  match l with
  | x :: l' => match l' with y :: _ => if (x <=? y)%sint63 then in_order l' else false | [] => true end
  | [] => true
  end.

Definition sort (l : list word) : list word :=
  let once := merge_all 64 false (fold_left (fun acc x => [x] :: acc) l []) in
  if in_order once then once else rev_append once [].

Lemma rev_append_permutes : forall (l acc : list word), Permutation (rev_append l acc) (l ++ acc).
Proof. intros l acc; rewrite rev_append_rev; apply Permutation_app_tail, Permutation_sym, Permutation_rev. Qed.

Lemma merge_onto_permutes : forall down a b acc, Permutation (merge_onto down a b acc) (a ++ b ++ acc).
Proof.
  intros down a; induction a as [| x a IH]; intros b acc.
  - destruct b as [| w b]; cbn [merge_onto app]; [reflexivity | apply (rev_append_permutes (w :: b) acc)].
  - revert acc; induction b as [| y b IHb]; intro acc.
    + cbn [merge_onto]; exact (rev_append_permutes (x :: a) acc).
    + cbn [merge_onto]; destruct (if down then _ else _).
      * rewrite IH, !(app_assoc a), <- Permutation_middle, <- app_assoc; reflexivity.
      * change (Permutation (merge_onto down (x :: a) b (y :: acc)) ((x :: a) ++ (y :: b) ++ acc)).
        rewrite IHb; apply Permutation_app_head; cbn [app]; apply Permutation_sym, Permutation_middle.
Qed.

Lemma merge_pairs_permutes : forall n down runs acc, (length runs <= n)%nat ->
  Permutation (concat (merge_pairs down runs acc)) (concat runs ++ concat acc).
Proof.
  induction n as [| n IH]; intros down [| a [| b runs]] acc h; cbn [length] in h; try lia; cbn [merge_pairs concat app]; try reflexivity.
  - rewrite rev_append_permutes, !app_nil_r; reflexivity.
  - rewrite IH by lia; cbn [concat]; rewrite merge_onto_permutes, app_nil_r.
    rewrite (app_assoc (concat runs)), (Permutation_app_comm (concat runs) (a ++ b)), <- !app_assoc; reflexivity.
Qed.

Lemma concat_permutes : forall (runs : list (list word)) acc, Permutation (fold_left (fun acc run => rev_append run acc) runs acc) (concat runs ++ acc).
Proof.
  induction runs as [| a runs IH]; intro acc; [reflexivity |]; cbn [fold_left concat]; rewrite IH, rev_append_permutes.
  rewrite (app_assoc (concat runs)), (Permutation_app_comm (concat runs) a); reflexivity.
Qed.

Lemma merge_all_permutes : forall fuel down runs, Permutation (merge_all fuel down runs) (concat runs).
Proof.
  assert (forall runs : list (list word), Permutation (fold_left (fun acc run => rev_append run acc) runs []) (concat runs)) as base
    by (intro runs; rewrite concat_permutes, app_nil_r; reflexivity).
  induction fuel as [| fuel IH]; intros down runs; [apply base |].
  destruct runs as [| a [| b runs]]; [apply base | apply base |].
  cbn [merge_all]; rewrite IH, (merge_pairs_permutes (length (a :: b :: runs))) by lia; rewrite app_nil_r; reflexivity.
Qed.

Lemma singles : forall l acc, Permutation (concat (fold_left (fun acc (x : word) => [x] :: acc) l acc)) (l ++ concat acc).
Proof.
  induction l as [| x l IH]; intro acc; [reflexivity |]; cbn [fold_left]; rewrite IH; cbn [concat app].
  apply Permutation_sym, Permutation_middle.
Qed.

Lemma sort_permutes : forall l, Permutation (sort l) l.
Proof.
  intro l; unfold sort; set (once := merge_all _ _ _).
  assert (Permutation once l) as p by (unfold once; rewrite merge_all_permutes, singles; cbn [concat]; rewrite app_nil_r; reflexivity).
  destruct (in_order once); [exact p |]; rewrite rev_append_rev, app_nil_r, <- Permutation_rev; exact p.
Qed.

Definition at_most (x y : word) : Prop := signed x <= signed y.

Lemma in_order_is : forall l, in_order l = true -> StronglySorted at_most l.
Proof.
  intros l h; apply Sorted_StronglySorted; [intros x y z; unfold at_most; lia |].
  induction l as [| x l IH]; constructor; cbn [in_order] in h.
  - apply IH; destruct l; [reflexivity |]; destruct (_ <=? _)%sint63; [exact h | discriminate].
  - destruct l as [| y l]; constructor; destruct (x <=? y)%sint63 eqn:e; [apply le_signed, e | discriminate].
Qed.

(* ---- 2. How many of `ps` lie below each of `xs`, in all. ---- *)

Definition below (x : word) (ps : list word) : nat := length (filter (fun p => (p <? x)%sint63) ps).
Fixpoint total (ns : list nat) : nat := match ns with [] => 0 | n :: rest => n + total rest end.
Definition all_below (xs ps : list word) : nat := total (map (fun x => below x ps) xs).

Fixpoint walk (xs : list word) : list word -> Z -> Z -> Z :=
  fix walk_ps (ps : list word) (passed sum : Z) : Z :=
    match xs with
    | [] => sum
    | x :: xs' =>
        match ps with
        | p :: ps' => if (p <? x)%sint63 then walk_ps ps' (passed + 1) sum else walk xs' ps passed (sum + passed)
        | [] => walk xs' [] passed (sum + passed)
        end
    end.

Lemma total_plus : forall {A} (f : A -> nat) k l, total (map (fun x => k + f x)%nat l) = (k * length l + total (map f l))%nat.
Proof. intros A f k l; induction l as [| x l IH]; cbn [map total length]; [lia |]; rewrite IH; lia. Qed.

Lemma walk_is : forall xs, StronglySorted at_most xs -> forall ps, StronglySorted at_most ps -> forall passed sum,
  walk xs ps passed sum = sum + passed * Z.of_nat (length xs) + Z.of_nat (all_below xs ps).
Proof.
  unfold all_below; intros xs sx; induction sx as [| x xs sx IH fx]; [intros; destruct ps; cbn [walk length map total]; lia |].
  intros ps sp; induction sp as [| p ps sp IHp fp]; intros passed sum.
  - cbn [walk length map total]; rewrite IH by constructor; unfold below at 2; cbn [filter length]; lia.
  - cbn [walk]; destruct (p <? x)%sint63 eqn:e.
    + change (walk (x :: xs) ps (passed + 1) sum = sum + passed * Z.of_nat (length (x :: xs))
        + Z.of_nat (total (map (fun x0 => below x0 (p :: ps)) (x :: xs)))).
      rewrite IHp; apply lt_signed in e.
      assert (map (fun y => below y (p :: ps)) (x :: xs) = map (fun y => 1 + below y ps)%nat (x :: xs)) as ->.
      { apply map_ext_in; intros y hy; unfold below; cbn [filter].
        assert (signed p < signed y) as less.
        { destruct hy as [<- | hy]; [exact e |]; rewrite Forall_forall in fx; specialize (fx y hy); unfold at_most in fx; lia. }
        destruct (Sint63.ltbP p y); [reflexivity | lia]. }
      rewrite total_plus; cbn [length]; lia.
    + change (walk xs (p :: ps) passed (sum + passed) = sum + passed * Z.of_nat (length (x :: xs))
        + Z.of_nat (total (map (fun x0 => below x0 (p :: ps)) (x :: xs)))).
      rewrite IH by (constructor; assumption); cbn [map total length].
      assert (below x (p :: ps) = 0%nat) as ->; [| lia].
      assert (signed x <= signed p) as more by (destruct (Sint63.ltbP p x); [discriminate | lia]).
      unfold below; replace (filter (fun q => (q <? x)%sint63) (p :: ps)) with (@nil word); [reflexivity |].
      symmetry; rewrite Forall_forall in fp.
      assert (forall q, In q (p :: ps) -> (q <? x)%sint63 = false) as none.
      { intros q hq; assert (signed p <= signed q) by (destruct hq as [<- | hq]; [lia | exact (fp q hq)]).
        destruct (Sint63.ltbP q x); [lia | reflexivity]. }
      clear -none; induction (p :: ps) as [| q l IHl]; [reflexivity |]; cbn [filter].
      rewrite (none q (or_introl eq_refl)); apply IHl; intros r hr; apply none; right; exact hr.
Qed.

Lemma filter_permuted : forall {A} (f : A -> bool) a b, Permutation a b -> length (filter f a) = length (filter f b).
Proof.
  intros A f a b p; induction p; simpl; auto.
  - destruct (f x); simpl; auto.
  - destruct (f x), (f y); reflexivity.
  - congruence.
Qed.

Lemma total_permuted : forall a b, Permutation a b -> total a = total b.
Proof. intros a b p; induction p; cbn [total]; lia. Qed.

Lemma all_below_permuted : forall xs ys ps qs, Permutation xs ys -> Permutation ps qs -> all_below xs ps = all_below ys qs.
Proof.
  intros xs ys ps qs px pp; unfold all_below.
  rewrite (total_permuted _ _ (Permutation_map (fun x => below x ps) px)); f_equal; apply map_ext; intro x.
  apply filter_permuted, pp.
Qed.

(* None if the sorting went wrong, which it does not. *)
Definition pairs_below (xs sorted_ps : list word) : option Z :=
  let s := sort xs in if in_order s then Some (walk s sorted_ps 0 0) else None.

Lemma pairs_below_is : forall xs ps qs n, StronglySorted at_most ps -> Permutation ps qs -> pairs_below xs ps = Some n ->
  n = Z.of_nat (all_below xs qs).
Proof.
  intros xs ps qs n s p h; unfold pairs_below in h; destruct (in_order (sort xs)) eqn:e; [| discriminate]; injection h as <-.
  rewrite walk_is by (assumption || apply in_order_is, e); rewrite Z.mul_0_l, !Z.add_0_l; f_equal.
  apply all_below_permuted; [apply sort_permutes | exact p].
Qed.

(* Those inside (l, r) are those below r but for those below l + 1. *)
Definition inside (l r p : word) : bool := (l <? p)%sint63 && (p <? r)%sint63.

Lemma inside_is : forall l r, signed l < signed r -> signed (l + 1)%uint63 = signed l + 1 -> forall ps,
  (length (filter (inside l r) ps) + below (l + 1)%uint63 ps = below r ps)%nat.
Proof.
  intros l r less e ps; unfold below, inside; induction ps as [| p ps IH]; [reflexivity |]; cbn [filter].
  destruct (Sint63.ltbP l p), (Sint63.ltbP p r), (Sint63.ltbP p (l + 1)); cbn [andb length]; lia.
Qed.

(* ---- 3. Counting is enough. ---- *)

Lemma distinct_pairs : forall {A} (f : A -> word) (g : A -> list word) l,
  NoDup (map f l) -> (forall x, In x l -> NoDup (g x)) -> NoDup (flat_map (fun x => map (pair (f x)) (g x)) l).
Proof.
  intros A f g l; induction l as [| x l IH]; simpl; intros distinct each; [constructor |].
  apply NoDup_cons_iff in distinct; destruct distinct as [fresh distinct].
  assert (NoDup (flat_map (fun y => map (pair (f y)) (g y)) l)) as rest by (apply IH; auto).
  assert (forall y z, In (y, z) (flat_map (fun y => map (pair (f y)) (g y)) l) -> y <> f x) as other.
  { intros y z h e; apply in_flat_map in h; destruct h as (w & hw & h); apply in_map_iff in h.
    destruct h as (t & e2 & _); injection e2 as e2 _; apply fresh; rewrite <- e, <- e2; apply in_map; exact hw. }
  pose proof (each x (or_introl eq_refl)) as here; clear -here rest other.
  induction here as [| z s no _ IHs]; simpl; [exact rest |]; constructor; [| exact IHs].
  intro h; apply in_app_iff in h; destruct h as [h | h].
  - apply in_map_iff in h; destruct h as (t & e & ht); injection e as ->; auto.
  - exact (other _ _ h eq_refl).
Qed.

Lemma length_flat_map : forall {A B} (f : A -> list B) l, length (flat_map f l) = total (map (fun x => length (f x)) l).
Proof. intros A B f l; induction l as [| x l IH]; simpl; [reflexivity |]; rewrite app_length, IH; reflexivity. Qed.

Section Counting.
  Variables query document : Type.
  Variable q_id : query -> word.
  Variable v_id : document -> word.
  Variable matches : document -> query -> bool.
  Variable queries : list query.
  Variable documents : list document.
  Variable found : word -> list word.
  Hypothesis distinct_queries : NoDup (map q_id queries).
  Hypothesis distinct_found : forall q, In q queries -> NoDup (found (q_id q)).
  Hypothesis found_match : forall q a, In q queries -> In a (found (q_id q)) ->
    exists v, In v documents /\ v_id v = a /\ matches v q = true.
  Hypothesis no_more : (total (map (fun v => length (filter (matches v) queries)) documents)
    <= total (map (fun q => length (found (q_id q))) queries))%nat.

  Definition matching := flat_map (fun v => map (fun q => (q_id q, v_id v)) (filter (matches v) queries)) documents.
  Definition claimed := flat_map (fun q => map (pair (q_id q)) (found (q_id q))) queries.

  Lemma only_found_match : forall q v, In q queries -> In v documents -> matches v q = true -> In (v_id v) (found (q_id q)).
  Proof.
    intros q v hq hv hm.
    assert (incl matching claimed) as all.
    { apply NoDup_length_incl.
      - apply distinct_pairs; assumption.
      - unfold matching, claimed; rewrite !length_flat_map.
        erewrite map_ext; [| intro; apply map_length].
        rewrite (map_ext (fun q => length (map (pair (q_id q)) (found (q_id q)))) (fun q => length (found (q_id q))))
          by (intro; apply map_length).
        exact no_more.
      - intros [a b] h; unfold claimed in h; apply in_flat_map in h; destruct h as (p & hp & h).
        apply in_map_iff in h; destruct h as (t & e & ht); injection e as <- <-.
        destruct (found_match p t hp ht) as (w & hw & <- & m).
        apply in_flat_map; exists w; split; [exact hw |].
        apply in_map_iff; exists p; split; [reflexivity |]; apply filter_In; auto. }
    assert (In (q_id q, v_id v) matching) as here.
    { apply in_flat_map; exists v; split; [exact hv |]; apply in_map_iff; exists q; split; [reflexivity |].
      apply filter_In; auto. }
    apply all in here; apply in_flat_map in here; destruct here as (p & hp & h).
    apply in_map_iff in h; destruct h as (t & e & ht); injection e as e1 e2; subst; congruence.
  Qed.
End Counting.

(* ---- 4. Lists of rows. ---- *)

(* In lists as long as there are rows, all of these go from left to right, without a stack. *)
Definition select {A} (f : A -> bool) (g : A -> word) (l : list A) : list word :=
  fold_left (fun acc x => if f x then g x :: acc else acc) l [].

Definition how_many {A} (l : list A) (s : Z) : Z := fold_left (fun s _ => s + 1) l s.

Fixpoint rising (from : word) (l : list word) : bool :=
  match l with [] => true | x :: rest => if (from <? x)%uint63 then rising x rest else false end.
Definition strictly (l : list word) : bool := match l with [] => true | x :: rest => rising x rest end.
(* Ids fall when they are gathered from left to right. *)
Definition ids_rise {A} (f : A -> word) (l : list A) : bool := strictly (rev_append (select (fun _ => true) f l) []).

Lemma select_is : forall {A} f g (l : list A), Permutation (select f g l) (map g (filter f l)).
Proof.
  intros A f g l; unfold select.
  assert (forall acc, Permutation (fold_left (fun acc x => if f x then g x :: acc else acc) l acc) (map g (filter f l) ++ acc)) as all.
  { induction l as [| x l IH]; intro acc; [reflexivity |]; cbn [fold_left filter]; rewrite IH; destruct (f x); [| reflexivity].
    cbn [map app]; apply Permutation_sym, Permutation_middle. }
  rewrite all, app_nil_r; reflexivity.
Qed.

Lemma filter_true : forall {A} (l : list A), filter (fun _ => true) l = l.
Proof. intros A l; induction l as [| x l IH]; cbn [filter]; congruence. Qed.

Lemma strictly_distinct : forall l, strictly l = true -> NoDup l.
Proof.
  assert (forall l i, rising i l = true -> (forall x, In x l -> Uint63.to_Z i < Uint63.to_Z x) /\ NoDup l) as inc.
  { induction l as [| r l IH]; intros i h; cbn [rising] in h; [split; [intros _ [] | constructor] |].
    destruct (i <? r)%uint63 eqn:one; [| discriminate]; apply Uint63.ltb_spec in one.
    destruct (IH _ h) as [more distinct]; split.
    - intros s [<- | i']; [exact one | specialize (more s i'); lia].
    - constructor; [| exact distinct]; intro again; specialize (more r again); lia. }
  intros [| r l] h; [constructor |]; cbn [strictly] in h.
  destruct (inc l r h) as [more distinct]; constructor; [| exact distinct].
  intro again; specialize (more r again); lia.
Qed.

Lemma ids_rise_distinct : forall {A} (f : A -> word) l, ids_rise f l = true -> NoDup (map f l).
Proof.
  intros A f l h; apply strictly_distinct in h; rewrite rev_append_rev, app_nil_r in h.
  eapply Permutation_NoDup; [| exact h]; rewrite <- Permutation_rev, select_is, filter_true; reflexivity.
Qed.

Lemma filter_map : forall {A B} (f : A -> B) g l, filter g (map f l) = map f (filter (fun x => g (f x)) l).
Proof. intros A B f g l; induction l as [| x l IH]; simpl; [reflexivity |]; destruct (g (f x)); simpl; congruence. Qed.

Lemma how_many_is : forall {A} (l : list A) s, how_many l s = s + Z.of_nat (length l).
Proof. intros A l; unfold how_many; induction l as [| x l IH]; intro s; cbn [fold_left length]; [lia |]; rewrite IH; lia. Qed.

Lemma sum_of_found : forall {A} (f : A -> word) known queries s,
  fold_left (fun s q => how_many (list_at (f q) known) s) queries s
  = s + Z.of_nat (total (map (fun q => length (list_at (f q) known)) queries)).
Proof.
  intros A f known queries; induction queries as [| q rest IH]; intro s; cbn [fold_left map total]; [lia |].
  rewrite IH, how_many_is; lia.
Qed.

Lemma in_distinct : forall {A} (f : A -> word) l x y, NoDup (map f l) -> In x l -> In y l -> f x = f y -> x = y.
Proof.
  intros A f l x y; induction l as [| z l IH]; simpl; intros distinct hx hy e; [tauto |].
  apply NoDup_cons_iff in distinct; destruct distinct as [fresh distinct].
  destruct hx as [-> | hx], hy as [-> | hy]; auto.
  - exfalso; apply fresh; rewrite e; apply in_map, hy.
  - exfalso; apply fresh; rewrite <- e; apply in_map, hx.
Qed.
