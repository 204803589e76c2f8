(* The checker of classes is right. *)

Require Import ZArith QArith Qpower List Lia Bool Permutation.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance packing levels counting columns convex rings prefixes classes sides.
Import ListNotations.
Close Scope Q_scope.
Open Scope Z_scope.

Lemma look_at_is : forall l queries number cs rs, look_at_all l queries number cs = Some rs ->
  forall i c, nth_error rs i = Some c -> exists k c0, look_at l queries k c0 = Some c.
Proof.
  intros l queries number cs; revert number; induction cs as [| c0 cs IH]; intros number rs h i c hi; cbn [look_at_all] in h.
  - injection h as <-; destruct i; discriminate.
  - destruct (look_at l queries number c0) as [r |] eqn:e; [| discriminate].
    destruct (look_at_all l queries (S number) cs) as [rs' |] eqn:e'; [| discriminate]; injection h as <-.
    destruct i as [| i]; cbn [nth_error] in hi; [injection hi as <-; exists number, c0; exact e | exact (IH _ _ e' i c hi)].
Qed.

Theorem target_is_right : forall l queries cs rs v t n,
  look_at_all l queries 0 cs = Some rs -> (forall q, In q queries -> good_query l rs q = true) ->
  target_of l rs (how_many queries 0) v = Some (t, n) ->
  exists c, nth_error rs (at_part v) = Some c /\ tells_sides l queries c v t n.
Proof.
  intros l queries cs rs v t n hr good h; unfold target_of in h.
  destruct (nth_error rs (at_part v)) as [c |] eqn:hc; [| discriminate]; exists c; split; [reflexivity |].
  assert (forall q, In q queries -> is_some (stand_in c q) = true) as stands.
  { intros q hq; specialize (good q hq); unfold good_query in good; apply andb_prop in good; destruct good as [_ g].
    rewrite forallb_forall in g; apply g; exact (nth_error_In _ _ hc). }
  destruct (_ && _) eqn:ok in h; [| discriminate]; apply andb_prop in ok; destruct ok as [scale_ok inside_ok].
  destruct (wholes (up_v l) _) as [ws |] eqn:hw in h; [| discriminate].
  destruct (rest_of l (numbers (d_row v))) as [rest |] eqn:hrest; [| discriminate].
  destruct (look_at_is _ _ _ _ _ hr _ _ hc) as (k & c0 & ec); clear hr.
  destruct (forallb (Z.eqb 0) ws) eqn:zeros.
  - destruct (zeros_are_right l queries c rs v good scale_ok inside_ok ws rest hw hrest zeros) as [more less].
    destruct (0 <? rest) eqn:p.
    + apply Z.ltb_lt in p; injection h as <- <-; exact (constant l queries c v true (more p)).
    + destruct (rest <? 0) eqn:m; [| discriminate]; apply Z.ltb_lt in m; injection h as <- <-.
      exact (constant l queries c v false (less m)).
  - unfold look_at in ec; destruct (kind_of c0) as [width u | vs].
    + destruct (0 <? fst u)%sint63 eqn:pu; [| discriminate]; injection ec as <-; cbn [ground_of] in h.
      refine (trie_is_right l queries _ rs v good stands scale_ok inside_ok ws rest hw hrest width u _ t n eq_refl pu eq_refl _).
      destruct ws as [| ? [| ? [|]]]; exact h.
    + destruct (ring_of (up_q l) 0%uint63 vs empty) as [r |] eqn:er; [| discriminate].
      set (m := Uint63.of_Z (how_many vs 0)) in *.
      set (ps := select _ _ _) in ec; set (sums := sums_along _ _ _ _ _) in ec.
      destruct (_ && _) eqn:g in ec; [| discriminate]; injection ec as <-; cbn [ground_of] in h.
      apply andb_prop in g; destruct g as [g adds]; apply andb_prop in g; destruct g as [g zero].
      apply andb_prop in g; destruct g as [len turns]; apply Z.eqb_eq in len, zero; rewrite how_many_0 in len.
      destruct ws as [| a [| b [|]]]; try discriminate.
      destruct (ring_turns_left vs m r len turns) as [convex_ _].
      refine (ring_is_right l queries _ rs v good stands scale_ok inside_ok [a; b] rest hw hrest k vs m r sums eq_refl eq_refl len convex_ _ _ a b eq_refl t n h).
      * apply (ring_is _ _ _ _ _ er); intros p x f; rewrite find_empty in f; discriminate.
      * intros p hp; exact (lower_is vs m ps sums len zero adds p hp).
Qed.

Lemma laid_is : forall l cs all documents m0 n0 m n,
  fold_left (lay l cs all) documents (Some (m0, n0)) = Some (m, n) ->
  (forall v, In v documents -> exists t k, target_of l cs all v = Some (t, k))
  /\ n = n0 + fold_right Z.add 0 (map (fun v => match target_of l cs all v with Some (_, k) => k | None => 0 end) documents)
  /\ forall a t, find a m = Some t ->
       (exists v k, In v documents /\ id (d_row v) = a /\ of_class t = at_part v /\ target_of l cs all v = Some (which t, k)) \/ find a m0 = Some t.
Proof.
  intros l cs all documents; induction documents as [| v documents IH]; intros m0 n0 m n h; cbn [fold_left map fold_right] in *.
  - injection h as <- <-; split; [intros v [] |]; split; [lia | auto].
  - cbn [lay] in h; destruct (target_of l cs all v) as [[t k] |] eqn:e.
    + destruct (IH _ _ _ _ h) as (each & sum & back); split; [intros w [<- | hw]; eauto |]; split; [lia |].
      intros a t' f; destruct (back a t' f) as [(w & k' & hw & rest) | f0]; [left; exists w, k'; split; [right; exact hw | exact rest] |].
      rewrite find_put in f0; destruct (a =? id (d_row v))%uint63 eqn:ea; [| auto]; apply eq_word in ea; injection f0 as <-.
      left; exists v, k; cbn [of_class which]; repeat split; auto; left; reflexivity.
    + exfalso; clear -h; induction documents as [| w documents IH]; [discriminate | exact (IH h)].
Qed.

Theorem classes_are_right : forall relevant l cs known queries documents,
  tells relevant known -> check_classes l cs known queries documents = true ->
  forall q v, In q (map q_row queries) -> In v (map d_row documents) -> is_right relevant (threshold_of (minus_t l)) q v.
Proof.
  intros relevant l cs known queries documents ht hc q_ v_ hq hv; apply in_map_iff in hq, hv.
  destruct hq as (q & <- & hq), hv as (v & <- & hv); unfold check_classes in hc.
  destruct (look_at_all l queries 0 cs) as [rs |] eqn:er; [| discriminate].
  apply andb_prop in hc; destruct hc as [hc last_]; apply andb_prop in hc; destruct hc as [hc good].
  apply andb_prop in hc; destruct hc as [dq dv]; apply ids_rise_distinct in dq, dv; rewrite forallb_forall in good.
  destruct (fold_left _ documents _) as [[m n] |] eqn:el; [| discriminate].
  apply andb_prop in last_; destruct last_ as [each sums]; apply Z.leb_le in sums.
  destruct (laid_is _ _ _ _ _ _ _ _ el) as (all_targets & n_is & back).
  pose (matches_ := fun v q => match target_of l rs (how_many queries 0) v with
    | Some (t, _) => match nth_error rs (at_part v) with Some c => hit t (stand_in c q) | None => false end
    | None => false end).
  assert (forall w, In w documents -> exists t k c, target_of l rs (how_many queries 0) w = Some (t, k)
    /\ nth_error rs (at_part w) = Some c /\ tells_sides l queries c w t k) as targets.
  { intros w hw; destruct (all_targets w hw) as (t & k & e).
    destruct (target_is_right _ _ _ _ _ _ _ er good e) as (c & hc & tells_); exists t, k, c; auto. }
  assert (forall w p, In w documents -> In p queries -> good_sides l (q_row p) (d_row w) (matches_ w p)) as sign_.
  { intros w p hw hp; destruct (targets w hw) as (t & k & c & e & hc & _ & s); unfold matches_; rewrite e, hc; exact (s p hp). }
  assert (forall p, In p queries -> exists f, find (id (q_row p)) known = Some f /\ list_at (id (q_row p)) known = f
    /\ NoDup f /\ forall a, In a f -> exists w, In w documents /\ id (d_row w) = a /\ matches_ w p = true) as known_q.
  { intros p hp; rewrite forallb_forall in each; specialize (each p hp); unfold good_found in each.
    destruct (find (id (q_row p)) known) as [f |] eqn:fl; [| discriminate]; apply andb_prop in each; destruct each as [ds one].
    exists f; split; [reflexivity |]; split; [unfold list_at; rewrite fl; reflexivity |]; split; [apply strictly_distinct, ds |].
    intros a ha; rewrite forallb_forall in one; specialize (one a ha); cbv beta in one.
    destruct (find a m) as [t |] eqn:fm; [| discriminate]; destruct (back a t fm) as [(w & k & hw & ea & ec & et) | f0];
      [| rewrite find_empty in f0; discriminate].
    exists w; split; [exact hw |]; split; [exact ea |]; unfold matches_; rewrite et; unfold hits in one; rewrite ec in one.
    destruct (targets w hw) as (_ & _ & c & _ & hc & _); rewrite hc.
    rewrite (nth_indep _ None (stand_in c p)) in one
      by (rewrite map_length; apply nth_error_Some; rewrite hc; discriminate).
    rewrite (map_nth (fun c => stand_in c p)) in one; rewrite (nth_error_nth _ _ _ hc) in one; exact one. }
  destruct (known_q q hq) as (f & ff & _ & _ & f_match).
  unfold is_right; rewrite <- (ht (id (q_row q)) f ff (id (d_row v))); split.
  - intro here; destruct (f_match _ here) as (w & hw & e & mm).
    rewrite (in_distinct (fun v => id (d_row v)) documents w v dv hw hv e) in mm.
    pose proof (sign_ v q hv hq) as s; rewrite mm in s; exact s.
  - intro outside; pose proof (sign_ v q hv hq) as s; destruct (matches_ v q) eqn:mm; [| exact s]; exfalso; apply outside.
    destruct (known_q q hq) as (f' & ff' & at' & _ & _); rewrite ff in ff'; injection ff' as <-; rewrite <- at'.
    apply (only_found_match standing marked (fun q => id (q_row q)) (fun v => id (d_row v)) matches_ queries documents (fun i => list_at i known)); auto.
    + intros p hp; destruct (known_q p hp) as (lp & _ & -> & d & _); exact d.
    + intros p a hp ha; destruct (known_q p hp) as (lp & _ & ep & _ & em); rewrite ep in ha; exact (em a ha).
    + apply Nat2Z.inj_le; rewrite (sum_of_found (fun q => id (q_row q))), Z.add_0_l in sums.
      eapply Z.le_trans; [| exact sums]; rewrite n_is, Z.add_0_l; clear -targets; induction documents as [| w documents IH]; [reflexivity |].
      cbn [map total fold_right]; destruct (targets w (or_introl eq_refl)) as (t & k & c & e & hc & count & _).
      rewrite e, Nat2Z.inj_add, count; specialize (IH (fun w' h => targets w' (or_intror h))).
      unfold matches_ at 1; rewrite e, hc; lia.
Qed.

(* The two notions. *)
Lemma classes_decide : forall relevant l cs known queries documents,
  tells relevant known -> check_classes l cs known queries documents = true ->
  forall q, In q (map q_row queries) -> forall v, relevant (id q) v \/ ~ relevant (id q) v.
Proof.
  intros relevant l cs known queries documents ht hc q_ hq v; apply in_map_iff in hq; destruct hq as (q & <- & hq).
  unfold check_classes in hc; destruct (look_at_all l queries 0 cs) as [rs |]; [| discriminate].
  apply andb_prop in hc; destruct hc as [_ last_]; destruct (fold_left _ documents _) as [[m n] |]; [| discriminate].
  apply andb_prop in last_; destruct last_ as [each _]; rewrite forallb_forall in each; specialize (each q hq).
  unfold good_found in each; destruct (find (id (q_row q)) known) as [f |] eqn:ff; [| discriminate].
  rewrite <- (ht _ _ ff v); destruct (in_dec Uint63.eqs v f); auto.
Qed.

Theorem classes_global_notion : forall relevant l cs known queries documents t,
  tells relevant known -> check_classes l cs known queries documents = true -> (threshold_of (minus_t l) == t)%Q ->
  forall q v, In q (map q_row queries) -> In v (map d_row documents) ->
    ((t < score q v)%Q <-> relevant (id q) (id v)) /\ ~ (score q v == t)%Q.
Proof.
  intros relevant l cs known queries documents t ht hc et q v hq hv.
  destruct (classes_are_right _ _ _ _ _ _ ht hc q v hq hv) as [yes no]; rewrite et in yes, no.
  destruct (classes_decide _ _ _ _ _ _ ht hc q hq (id v)) as [m | o].
  - specialize (yes m); split; [tauto |]; intro e; rewrite e in yes; exact (Qlt_irrefl _ yes).
  - specialize (no o); split; [| intro e; rewrite e in no; exact (Qlt_irrefl _ no)].
    split; [intro more; exfalso; exact (Qlt_irrefl _ (Qlt_trans _ _ _ more no)) | tauto].
Qed.

Theorem classes_row_notion : forall relevant l cs known queries documents,
  tells relevant known -> check_classes l cs known queries documents = true ->
  forall q v w, In q (map q_row queries) -> In v (map d_row documents) -> In w (map d_row documents) ->
    relevant (id q) (id v) -> ~ relevant (id q) (id w) -> (score q w < score q v)%Q.
Proof.
  intros relevant l cs known queries documents ht hc q v w hq hv hw m o.
  destruct (classes_are_right _ _ _ _ _ _ ht hc q v hq hv) as [yes _].
  destruct (classes_are_right _ _ _ _ _ _ ht hc q w hq hw) as [_ no].
  exact (Qlt_trans _ _ _ (no o) (yes m)).
Qed.
