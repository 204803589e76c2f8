(* The checker of interval covers with the parabola code, which visits no pair.

   Checked: each row by itself, one comparison for each relevant pair, and one sum.  Then all pairs are right. *)

Require Import ZArith QArith Qpower List Lia Bool Relations Permutation Sorted.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance packing levels counting.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Stored numbers that are whole. ---- *)

Definition is_int (x : number) : bool := shifts (fst x) (snd x).
Definition int_of (x : number) : word := (fst x << snd x)%uint63.
Definition ints (r : row) : list word := map int_of (numbers r).

Definition is_whole_row (r : row) : bool := (0 <? fst (scale r))%sint63 && forallb is_int (numbers r).

Lemma value_of_int : forall x, is_int x = true -> (value x == inject_Z (signed (int_of x)))%Q.
Proof.
  intros x h; apply shifted in h; destruct h as (r & e & _); unfold value, int_of; rewrite e, inject_Z_mult.
  rewrite Zpower_Qpower by lia; reflexivity.
Qed.

Lemma score_of_ints : forall q v, forallb is_int (numbers q) = true -> forallb is_int (numbers v) = true ->
  (product (map value (numbers q)) (map value (numbers v)) == inject_Z (dot (map signed (ints q)) (map signed (ints v))))%Q.
Proof.
  intros q v; unfold ints; generalize (numbers q) as a, (numbers v) as b.
  induction a as [| x a IH]; intros [| y b] ha hb; try reflexivity.
  cbn [forallb] in ha, hb; apply andb_prop in ha, hb; destruct ha as [hx ha], hb as [hy hb]; cbn [map product dot].
  rewrite inject_Z_plus, inject_Z_mult, (IH b ha hb), !value_of_int by assumption; reflexivity.
Qed.

Definition score_in_Z (q v : row) : Z := dot (map signed (ints q)) (map signed (ints v)).

Lemma sign_of_score : forall q v, is_whole_row q = true -> is_whole_row v = true ->
  (0 < score_in_Z q v -> (0 < score q v)%Q) /\ (score_in_Z q v < 0 -> (score q v < 0)%Q).
Proof.
  intros q v hq hv; unfold is_whole_row in *; apply andb_prop in hq, hv; destruct hq as [sq hq], hv as [sv hv].
  assert (forall x, (0 <? fst x)%sint63 = true -> (0 < value x)%Q) as positive.
  { intros x h; apply lt_signed in h; change (signed 0) with 0 in h; unfold value; apply Qmult_lt_0_compat.
    - rewrite Zlt_Qlt in h; exact h.
    - apply Qpower_0_lt; reflexivity. }
  apply positive in sq, sv; pose proof (Qmult_lt_0_compat _ _ sq sv) as w.
  unfold score; split; intro h; rewrite score_of_ints by assumption; fold (score_in_Z q v); rewrite Zlt_Qlt in h.
  - apply Qmult_lt_0_compat; assumption.
  - rewrite Qmult_comm; apply (Qmult_lt_r _ 0 _ w) in h; rewrite Qmult_0_l in h; exact h.
Qed.

(* ---- 2. Rows. ---- *)

Record mark := Mark { class : nat; left : word; right : word }. (* hints: the positions just outside of an interval *)
Record document := Document { v_row : row; v_mark : mark }.

Definition close (x : word) : bool := within 1073741823%uint63 x. (* below 2^30 *)

Fixpoint query_row (xs : list word) : bool :=
  match xs with
  | [x] => (x =? 1)%uint63
  | x :: y :: rest => close x && (y =? x * x)%uint63 && query_row rest
  | [] => false
  end.

Fixpoint document_rest (z : word) (xs : list word) : bool :=
  match xs with
  | [x] => (x =? z)%uint63
  | x :: y :: rest => (x =? 0)%uint63 && (y =? 0)%uint63 && document_rest z rest
  | [] => false
  end.

Fixpoint document_row (c : nat) (l r : word) (xs : list word) : bool :=
  match c, xs with
  | O, x :: y :: rest =>
      (x =? 2 * (l + r))%uint63 && (y =? -2)%sint63 && document_rest (-2 * (l * r) - 1)%sint63 rest
  | S c', x :: y :: rest => (x =? 0)%uint63 && (y =? 0)%uint63 && document_row c' l r rest
  | _, _ => false
  end.

Fixpoint position (c : nat) (xs : list word) : word :=
  match c, xs with
  | O, x :: _ => x
  | S c', _ :: _ :: rest => position c' rest
  | _, _ => 0%uint63
  end.

Lemma close_is : forall x, close x = true -> -2^30 < signed x < 2^30.
Proof. intros x h; apply within_is in h; change (signed 1073741823) with (2 ^ 30 - 1) in h; lia. Qed.

Lemma score_of_rest : forall n z qs vs, (length vs <= n)%nat -> query_row qs = true -> document_rest z vs = true ->
  dot (map signed qs) (map signed vs) = signed z \/ length qs <> length vs.
Proof.
  induction n as [| n IH]; intros z qs vs short hq hv.
  - destruct vs; [discriminate | simpl in short; lia].
  - destruct vs as [| x [| y vs]], qs as [| s [| t qs]]; simpl in hq, hv; try discriminate; facts; subst; auto.
    + left; cbn [map dot]; change (signed 1) with 1; lia.
    + right; simpl; lia.
    + right; simpl; lia.
    + cbn [map dot length]; change (signed 0) with 0.
      destruct (IH z qs vs) as [e | e]; auto; simpl in short; lia.
Qed.

Lemma score_is : forall c l r qs vs, query_row qs = true -> close l = true -> close r = true ->
  document_row c l r vs = true -> length qs = length vs ->
  dot (map signed qs) (map signed vs)
  = 2 * (signed (position c qs) - signed l) * (signed r - signed (position c qs)) - 1.
Proof.
  induction c as [| c IH]; intros l r qs vs hq hl hr hv len.
  - destruct vs as [| x [| y vs]], qs as [| s [| t qs]]; simpl in hq, hv; try discriminate.
    apply andb_prop in hq; destruct hq as [hst hq]; apply andb_prop in hv; destruct hv as [hxy hv]; facts.
    cbn [map dot position].
    destruct (score_of_rest (length vs) _ qs vs (le_n _) hq hv) as [e | ne]; [| simpl in len; lia].
    rewrite e; clear e; subst.
    match goal with h : close s = true |- _ => apply close_is in h end.
    apply close_is in hl, hr; unfold half in *.
    assert (signed (l + r)%uint63 = signed l + signed r) as e1 by (apply add_exact; unfold half; lia).
    assert (signed (l * r)%uint63 = signed l * signed r) as e2 by (apply mul_exact; unfold half; nia).
    assert (signed (s * s)%uint63 = signed s * signed s) as e3 by (apply mul_exact; unfold half; nia).
    assert (signed (2 * (l + r))%uint63 = 2 * (signed l + signed r)) as e4
      by (rewrite mul_exact; rewrite e1; change (signed 2) with 2; [reflexivity | unfold half; lia]).
    assert (signed (-2 * (l * r))%sint63 = -2 * (signed l * signed r)) as e5
      by (rewrite mul_exact; rewrite e2; change (signed (-2)%sint63) with (-2); [reflexivity | unfold half; nia]).
    assert (signed (-2 * (l * r) - 1)%sint63 = -2 * (signed l * signed r) - 1) as e6
      by (rewrite sub_exact; rewrite e5; change (signed 1) with 1; [reflexivity | unfold half; nia]).
    rewrite e3, e4, e6; change (signed (-2)%sint63) with (-2); ring.
  - destruct vs as [| x [| y vs]], qs as [| s [| t qs]]; simpl in hq, hv; try discriminate; facts.
    cbn [map dot position]; rewrite (IH l r qs vs) by (auto; simpl in len; lia).
    subst; change (signed 0) with 0; ring.
Qed.

Definition place (c : nat) (q : row) : word := position c (ints q).
Definition matches (m : mark) (q : row) : bool := inside (left m) (right m) (place (class m) q).

Definition good_query (k : nat) (q : row) : bool := is_whole_row q && query_row (ints q) && Nat.eqb (length (ints q)) k.

Definition good_document (classes k : nat) (v : document) : bool :=
  let m := v_mark v in
  is_whole_row (v_row v) && close (left m) && close (right m) && (left m <? right m)%sint63 && Nat.ltb (class m) classes
  && document_row (class m) (left m) (right m) (ints (v_row v)) && Nat.eqb (length (ints (v_row v))) k.

Lemma matches_is_sign : forall classes k q v, good_query k q = true -> good_document classes k v = true ->
  (matches (v_mark v) q = true -> (0 < score q (v_row v))%Q) /\ (matches (v_mark v) q = false -> (score q (v_row v) < 0)%Q).
Proof.
  intros classes k q v hq hv; unfold good_query, good_document in *; facts.
  repeat match goal with h : Nat.eqb _ _ = true |- _ => apply Nat.eqb_eq in h end.
  destruct (sign_of_score q (v_row v)) as [more less]; [assumption | assumption |].
  unfold score_in_Z in more, less; rewrite (score_is (class (v_mark v)) (left (v_mark v)) (right (v_mark v))) in more, less by (auto; congruence).
  unfold matches, inside, place; set (p := position _ _) in *.
  destruct (Sint63.ltbP (left (v_mark v)) p), (Sint63.ltbP p (right (v_mark v))); cbn [andb];
    (split; intro; try discriminate); (apply more || apply less); nia.
Qed.

(* ---- 3. The checker. ---- *)

Definition in_class (c : nat) (v : document) : bool := Nat.eqb (class (v_mark v)) c.

(* How many pairs of a query and a document of a class match. *)
Definition matches_of_class (queries : list row) (documents : list document) (c : nat) : option Z :=
  let ps := sort (select (fun _ => true) (place c) queries) in
  if in_order ps then
    match pairs_below (select (in_class c) (fun v => right (v_mark v)) documents) ps,
          pairs_below (select (in_class c) (fun v => (left (v_mark v) + 1)%uint63) documents) ps with
    | Some r, Some l => Some (r - l)
    | _, _ => None
    end
  else None.

Fixpoint matches_of_classes queries documents (cs : list nat) : option Z :=
  match cs with
  | [] => Some 0
  | c :: rest =>
      match matches_of_class queries documents c, matches_of_classes queries documents rest with
      | Some a, Some b => Some (a + b)
      | _, _ => None
      end
  end.

Definition lay (m : table mark) (v : document) : table mark := put (id (v_row v)) (v_mark v) m.

Definition good_ancestors (known : table (list word)) (marks : table mark) (q : row) : bool :=
  match find (id q) known with
  | None => false
  | Some l => strictly l && forallb (fun a => match find a marks with Some m => matches m q | None => false end) l
  end.

Definition check_cover (classes : nat) (known : table (list word)) (queries : list row) (documents : list document) : bool :=
  let k := (2 * classes + 1)%nat in
  let marks := fold_left lay documents empty in
  ids_rise id queries && ids_rise (fun v => id (v_row v)) documents
  && forallb (good_query k) queries && forallb (good_document classes k) documents
  && forallb (good_ancestors known marks) queries
  && match matches_of_classes queries documents (seq 0 classes) with
     | Some n => n <=? fold_left (fun s q => how_many (list_at (id q) known) s) queries 0
     | None => false
     end.

(* ---- 4. It is right. ---- *)

Definition cost (queries : list row) (v : document) : nat := length (filter (matches (v_mark v)) queries).

Lemma class_is : forall classes k queries documents c n,
  forallb (good_document classes k) documents = true -> matches_of_class queries documents c = Some n ->
  n = Z.of_nat (total (map (cost queries) (filter (in_class c) documents))).
Proof.
  intros classes k queries documents c n good h; unfold matches_of_class in h.
  set (ps := sort _) in h; destruct (in_order ps) eqn:o; [| discriminate].
  destruct (pairs_below (select (in_class c) (fun v => right (v_mark v)) documents) ps) as [a |] eqn:ea; [| discriminate].
  destruct (pairs_below _ _) as [b |] eqn:eb in h; [| discriminate]; injection h as <-.
  assert (Permutation ps (map (place c) queries)) as pp.
  { unfold ps; rewrite sort_permutes, select_is, filter_true; reflexivity. }
  apply in_order_is in o; eapply pairs_below_is in ea, eb; [| exact o | exact pp | exact o | exact pp]; subst a b.
  rewrite !(all_below_permuted _ _ _ _ (select_is _ _ _) (Permutation_refl _)); unfold all_below; rewrite !map_map.
  assert (total (map (fun v => below (right (v_mark v)) (map (place c) queries)) (filter (in_class c) documents))
    = total (map (cost queries) (filter (in_class c) documents))
      + total (map (fun v => below (left (v_mark v) + 1)%uint63 (map (place c) queries)) (filter (in_class c) documents)))%nat; [| lia].
  clear -good; induction documents as [| v documents IH]; [reflexivity |]; cbn [forallb filter] in *.
  apply andb_prop in good; destruct good as [gv good]; specialize (IH good).
  destruct (in_class c v) eqn:ic; [| exact IH]; cbn [map total].
  unfold in_class in ic; apply Nat.eqb_eq in ic; subst c; unfold good_document in gv; facts.
  match goal with h : close (left _) = true |- _ => apply close_is in h end.
  pose proof (inside_is (left (v_mark v)) (right (v_mark v)) ltac:(assumption)
    ltac:(rewrite add_exact; change (signed 1) with 1; [reflexivity | unfold half; lia]) (map (place (class (v_mark v))) queries)) as one.
  rewrite filter_map, map_length in one; unfold cost at 1, matches; lia.
Qed.

Lemma classes_are : forall classes k queries documents, forallb (good_document classes k) documents = true ->
  forall cs n, matches_of_classes queries documents cs = Some n ->
  n = Z.of_nat (total (map (fun c => total (map (cost queries) (filter (in_class c) documents))) cs)).
Proof.
  intros classes k queries documents good; induction cs as [| c cs IH]; intros n h; cbn [matches_of_classes map total] in *.
  - injection h as <-; reflexivity.
  - destruct (matches_of_class queries documents c) as [a |] eqn:ea; [| discriminate].
    destruct (matches_of_classes queries documents cs) as [b |]; [| discriminate]; injection h as <-.
    apply (class_is classes k) in ea; [| exact good]; specialize (IH b eq_refl); lia.
Qed.

Lemma each_in_one_class : forall classes k queries documents, forallb (good_document classes k) documents = true ->
  total (map (fun c => total (map (cost queries) (filter (in_class c) documents))) (seq 0 classes)) = total (map (cost queries) documents).
Proof.
  intros classes k queries documents good; induction documents as [| v documents IH].
  - cbn [filter map total]; generalize (seq 0 classes) as cs; induction cs as [| c cs IHc]; [reflexivity | exact IHc].
  - cbn [forallb] in good; apply andb_prop in good; destruct good as [gv good]; specialize (IH good); cbn [map total]; rewrite <- IH.
    assert (class (v_mark v) < classes)%nat as less by (unfold good_document in gv; facts; apply Nat.ltb_lt; assumption).
    assert (forall cs, NoDup cs -> total (map (fun c => total (map (cost queries) (filter (in_class c) (v :: documents)))) cs)
      = ((if in_dec Nat.eq_dec (class (v_mark v)) cs then cost queries v else 0)
         + total (map (fun c => total (map (cost queries) (filter (in_class c) documents))) cs))%nat) as one.
    { clear; induction cs as [| c cs IHc]; intro nd; [reflexivity |]; apply NoDup_cons_iff in nd; destruct nd as [no nd].
      cbn [map total]; rewrite (IHc nd); cbn [filter]; unfold in_class at 1.
      destruct (Nat.eqb_spec (class (v_mark v)) c) as [<- | other]; cbn [map total].
      - destruct (in_dec Nat.eq_dec (class (v_mark v)) cs) as [i | _]; [destruct (no i) |].
        destruct (in_dec Nat.eq_dec (class (v_mark v)) (class (v_mark v) :: cs)) as [_ | n]; [lia | exfalso; apply n; left; reflexivity].
      - destruct (in_dec Nat.eq_dec (class (v_mark v)) cs) as [i | n], (in_dec Nat.eq_dec (class (v_mark v)) (c :: cs)) as [i' | n']; try lia.
        + exfalso; apply n'; right; exact i.
        + exfalso; destruct i' as [e | i']; [congruence | exact (n i')]. }
    rewrite one by apply seq_NoDup.
    destruct (in_dec Nat.eq_dec (class (v_mark v)) (seq 0 classes)) as [_ | n]; [reflexivity |].
    exfalso; apply n, in_seq; lia.
Qed.

Lemma laid : forall documents m a x, find a (fold_left lay documents m) = Some x ->
  (exists v, In v documents /\ id (v_row v) = a /\ v_mark v = x) \/ find a m = Some x.
Proof.
  induction documents as [| w rest IH]; intros m a x h; cbn [fold_left] in h; [auto |].
  apply IH in h; destruct h as [(v & i & e & f) | h]; [left; exists v; repeat split; auto; right; exact i |].
  unfold lay in h; rewrite find_put in h; destruct (a =? id (v_row w))%uint63 eqn:e; [| auto].
  injection h as <-; apply eq_word in e; left; exists w; repeat split; auto; left; reflexivity.
Qed.

Theorem cover_is_right : forall relevant classes known queries documents,
  tells relevant known -> check_cover classes known queries documents = true ->
  forall q v, In q queries -> In v (map v_row documents) -> is_right relevant 0 q v.
Proof.
  intros relevant classes known queries documents ht hc q w hq hw; apply in_map_iff in hw; destruct hw as (v & <- & hv).
  unfold check_cover in hc; set (marks := fold_left lay documents empty) in *.
  apply andb_prop in hc; destruct hc as [hc sums]; apply andb_prop in hc; destruct hc as [hc each].
  apply andb_prop in hc; destruct hc as [hc good_v]; apply andb_prop in hc; destruct hc as [hc good_q].
  apply andb_prop in hc; destruct hc as [dq dv]; apply ids_rise_distinct in dq, dv.
  destruct (matches_of_classes queries documents (seq 0 classes)) as [n |] eqn:en; [| discriminate]; apply Z.leb_le in sums.
  apply (classes_are classes _ _ _ good_v) in en; rewrite (each_in_one_class classes _ _ _ good_v) in en; subst n.
  rewrite (sum_of_found id), Z.add_0_l in sums.
  assert (forall p, In p queries -> exists l, find (id p) known = Some l /\ list_at (id p) known = l
    /\ NoDup l /\ forall a, In a l -> exists u, In u documents /\ id (v_row u) = a /\ matches (v_mark u) p = true) as known_q.
  { intros p hp; rewrite forallb_forall in each; specialize (each p hp); unfold good_ancestors in each.
    destruct (find (id p) known) as [l |] eqn:fl; [| discriminate]; apply andb_prop in each; destruct each as [ds all].
    exists l; split; [reflexivity |]; split; [unfold list_at; rewrite fl; reflexivity |]; split; [apply strictly_distinct, ds |].
    intros a ha; rewrite forallb_forall in all; specialize (all a ha); cbv beta in all.
    destruct (find a marks) as [m |] eqn:fm; [| discriminate]; apply laid in fm.
    destruct fm as [(u & i & e & em) | fm]; [exists u; rewrite em; auto | rewrite find_empty in fm; discriminate]. }
  destruct (known_q q hq) as (l & fl & _ & _ & l_match).
  rewrite forallb_forall in good_q, good_v.
  destruct (matches_is_sign classes _ q v (good_q q hq) (good_v v hv)) as [positive negative].
  unfold is_right; rewrite <- (ht (id q) l fl (id (v_row v))); split.
  - intro here; apply positive; destruct (l_match _ here) as (u & hu & e & m).
    rewrite <- (in_distinct (fun v => id (v_row v)) documents u v dv hu hv e); exact m.
  - intro outside; apply negative; destruct (matches (v_mark v) q) eqn:m; [| reflexivity]; exfalso; apply outside.
    destruct (known_q q hq) as (l' & fl' & at' & _ & _); rewrite fl in fl'; injection fl' as <-; rewrite <- at'.
    apply (only_found_match row document id (fun v => id (v_row v)) (fun v => matches (v_mark v)) queries documents (fun i => list_at i known)); auto.
    + intros p hp; destruct (known_q p hp) as (lp & _ & -> & d & _); exact d.
    + intros p a hp ha; destruct (known_q p hp) as (lp & _ & el & _ & em); rewrite el in ha; exact (em a ha).
    + apply Nat2Z.inj_le; exact sums.
Qed.

Fixpoint count_from (n : nat) (i : word) : list word := match n with O => [] | S n' => i :: count_from n' (i + 1)%uint63 end.
Definition order_of_nodes (n : nat) : list word := count_from n 0%uint63. (* 0 to n - 1 *)

(* Ancestors and cover in one: what a file of data proves by computing. *)
Definition check_hierarchy (classes : nat) (edges : list (word * word)) (order : list word)
    (queries : list row) (documents : list document) : bool :=
  match ancestors edges order with Some known => check_cover classes known queries documents | None => false end.

Theorem hierarchy_is_right : forall classes edges order queries documents,
  check_hierarchy classes edges order queries documents = true ->
  forall q v, In q queries -> In v (map v_row documents) ->
    ((0 < score q v)%Q <-> ancestor edges (id q) (id v)) /\ ~ (score q v == 0)%Q.
Proof.
  intros classes edges order queries documents hc q v hq hv; unfold check_hierarchy in hc.
  destruct (ancestors edges order) as [known |] eqn:ea; [| discriminate]; apply ancestors_are_right in ea.
  destruct (cover_is_right _ _ _ _ _ ea hc q v hq hv) as [yes no].
  assert (ancestor edges (id q) (id v) \/ ~ ancestor edges (id q) (id v)) as [m | o].
  { unfold check_cover in hc; apply andb_prop in hc; destruct hc as [hc _]; apply andb_prop in hc; destruct hc as [_ each].
    rewrite forallb_forall in each; specialize (each q hq); unfold good_ancestors in each.
    destruct (find (id q) known) as [l |] eqn:fl; [| discriminate].
    rewrite <- (ea _ _ fl (id v)); destruct (in_dec Uint63.eqs (id v) l); auto. }
  - specialize (yes m); split; [tauto |]; intro e; rewrite e in yes; exact (Qlt_irrefl _ yes).
  - specialize (no o); split; [| intro e; rewrite e in no; exact (Qlt_irrefl _ no)].
    split; [intro more; exfalso; exact (Qlt_irrefl _ (Qlt_trans _ _ _ more no)) | tauto].
Qed.
