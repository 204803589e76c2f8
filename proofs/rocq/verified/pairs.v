(* The checker of all pairs, and what its answer means.

   A library of documents is made block by block; then each block of queries is checked against it on its own, so that
   blocks can be shared out.  The answer is, for each query, the list of the documents with which it is wrong. *)

Require Import ZArith QArith List Lia Bool.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance packing levels decide.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. The library: ids increase within a block and from block to block, the last block is added first. ---- *)

Record library := Library { from : option word; blocks : list (list ready) }. (* from: the least id *)
Definition no_documents : library := Library None [].

Fixpoint prepare_block (ls : list level) (hs : list hinted) : option (list ready) :=
  match hs with
  | [] => Some []
  | h :: rest =>
      match prepare_document ls h, prepare_block ls rest with Some r, Some rs => Some (r :: rs) | _, _ => None end
  end.

Fixpoint ids_increase (rs : list ready) (before : option word) : bool :=
  match rs with
  | [] => true
  | r :: rest =>
      match rest, before with
      | s :: _, _ => (id (row_ r) <? id (row_ s))%uint63
      | [], Some b => (id (row_ r) <? b)%uint63
      | [], None => true
      end && ids_increase rest before
  end.

Definition add_documents (ls : list level) (hs : list hinted) (lib : library) : option library :=
  match prepare_block ls hs with
  | Some (r :: rs) =>
      if ids_increase (r :: rs) (from lib) then Some (Library (Some (id (row_ r))) ((r :: rs) :: blocks lib)) else None
  | _ => None
  end.

(* `lib` holds the documents `rows`, and was made by `add_documents` alone. *)
Inductive holds (ls : list level) : library -> list row -> Prop :=
| holds_none : holds ls no_documents []
| holds_more : forall lib rows hs lib',
    holds ls lib rows -> add_documents ls hs lib = Some lib' -> holds ls lib' (map stored hs ++ rows).

(* ---- 2. A query against documents, its relevant ones in order. ---- *)

Record state := State { found : list word; wrong : list word }. (* relevant and not yet met; wrong so far *)

Fixpoint scan (q : ready) (documents : list ready) (found wrong : list word) : state :=
  match documents with
  | [] => State found wrong
  | v :: rest =>
      match found with
      | a :: others =>
          if (a =? id (row_ v))%uint63
          then scan q rest others (match sign q v with Gt => wrong | _ => id (row_ v) :: wrong end)
          else scan q rest found (match sign q v with Lt => wrong | _ => id (row_ v) :: wrong end)
      | [] => scan q rest found (match sign q v with Lt => wrong | _ => id (row_ v) :: wrong end)
      end
  end.

(* Several queries against a block of documents at a time, for the cache's sake. *)
Definition scan_all (states : list (ready * state)) (block : list ready) : list (ready * state) :=
  map (fun x => (fst x, scan (fst x) block (found (snd x)) (wrong (snd x)))) states.

Definition sweep (documents : list (list ready)) (states : list (ready * state)) : list (ready * state) :=
  fold_left scan_all documents states.

Fixpoint start (ls : list level) (known : table (list word)) (queries : list hinted) : option (list (ready * state)) :=
  match queries with
  | [] => Some []
  | h :: rest =>
      match find (id (stored h)) known, prepare_query ls h, start ls known rest with
      | Some l, Some r, Some others => Some ((r, State l []) :: others)
      | _, _, _ => None
      end
  end.

Fixpoint finish (states : list (ready * state)) : option (list (word * list word)) :=
  match states with
  | [] => Some []
  | (q, s) :: rest =>
      match found s, finish rest with
      | [], Some answers => Some ((id (row_ q), wrong s) :: answers)
      | _, _ => None
      end
  end.

(* The queries, each with the documents with which it is wrong; None if anything else is amiss. *)
Definition check (ls : list level) (known : table (list word)) (lib : library) (queries : list hinted)
  : option (list (word * list word)) :=
  if forallb level_is_good ls then
    match start ls known queries with
    | Some states => finish (sweep (blocks lib) states)
    | None => None
    end
  else None.

(* ---- 3. The library is what it says. ---- *)

Lemma prepare_block_is : forall ls hs rs, prepare_block ls hs = Some rs ->
  Forall2 (fun h r => prepare_document ls h = Some r) hs rs.
Proof.
  intros ls hs; induction hs as [| h hs IH]; intros rs e; simpl in e.
  - injection e as <-; constructor.
  - destruct (prepare_document ls h) as [r |] eqn:p; [| discriminate].
    destruct (prepare_block ls hs) as [rs' |]; [| discriminate]; injection e as <-; constructor; auto.
Qed.

Definition prepared (ls : list level) (h : hinted) (r : ready) : Prop := prepare_document ls h = Some r.

Definition increasing (l : list word) : Prop := ForallOrdPairs (fun a b => Uint63.to_Z a < Uint63.to_Z b) l.

Definition ids (rs : list ready) : list word := map (fun r => id (row_ r)) rs.

Definition starts_at (before : option word) (l : list word) : Prop :=
  match before with None => l = [] | Some b => exists l', l = b :: l' end.

Lemma ids_increase_is : forall rs before l, ids_increase rs before = true -> starts_at before l -> increasing l ->
  increasing (ids rs ++ l).
Proof.
  induction rs as [| r rs IH]; intros before l h s i; [exact i |].
  cbn [ids_increase] in h; apply andb_prop in h; destruct h as [first rest].
  specialize (IH before l rest s i); cbn [ids map app]; constructor; [| exact IH].
  destruct rs as [| r' rs].
  - cbn [ids map app] in *; destruct before as [b |]; cbn [starts_at] in s; [| subst; constructor].
    destruct s as [l' ->]; apply Uint63.ltb_spec in first; inversion i; subst; constructor; [exact first |].
    eapply Forall_impl; [| eassumption]; cbv beta; intros; lia.
  - apply Uint63.ltb_spec in first; cbn [ids map app] in *; inversion IH; subst; constructor; [exact first |].
    eapply Forall_impl; [| eassumption]; cbv beta; intros; lia.
Qed.

Lemma library_is : forall ls lib rows, holds ls lib rows ->
  exists hs, Forall2 (prepared ls) hs (concat (blocks lib)) /\ map stored hs = rows
  /\ increasing (ids (concat (blocks lib))) /\ starts_at (from lib) (ids (concat (blocks lib))).
Proof.
  intros ls lib rows h; induction h as [| lib rows hs lib' h IH e].
  - exists []; repeat split; constructor.
  - destruct IH as (old & all & <- & i & s); unfold add_documents in e.
    destruct (prepare_block ls hs) as [[| r rs] |] eqn:p; try discriminate.
    destruct (ids_increase (r :: rs) (from lib)) eqn:inc; [| discriminate]; injection e as <-.
    exists (hs ++ old); cbn [blocks concat from].
    split; [apply Forall2_app; [apply prepare_block_is, p | exact all] |].
    split; [apply map_app |].
    split.
    + unfold ids; rewrite map_app; exact (ids_increase_is (r :: rs) _ _ inc s i).
    + unfold ids; cbn [map app starts_at]; eexists; reflexivity.
Qed.

Lemma increasing_distinct : forall l, increasing l -> NoDup l.
Proof.
  intros l h; induction h as [| a l f h IH]; constructor; [| exact IH].
  intro again; rewrite Forall_forall in f; specialize (f a again); lia.
Qed.

(* ---- 4. The scan is right. ---- *)

Definition is_wrong (q v : ready) (relevant : bool) : bool :=
  match sign q v with Gt => negb relevant | Lt => relevant | Eq => true end.

Lemma scan_finds_all : forall q documents f w, found (scan q documents f w) = [] ->
  forall a, In a f -> In a (ids documents).
Proof.
  intros q documents; induction documents as [| v rest IH]; intros f w h a inside; cbn [scan ids map] in *.
  - cbn [found] in h; subst; destruct inside.
  - destruct f as [| b others]; [destruct inside |].
    destruct (b =? id (row_ v))%uint63 eqn:e.
    + apply eq_word in e; destruct inside as [<- | inside]; [left; auto | right; exact (IH _ _ h a inside)].
    + right; exact (IH _ _ h a inside).
Qed.

Lemma scan_is_right : forall q documents f w, found (scan q documents f w) = [] -> NoDup (ids documents) ->
  (forall x, In x w -> ~ In x (ids documents)) -> NoDup w ->
  NoDup (wrong (scan q documents f w))
  /\ (forall x, In x w -> In x (wrong (scan q documents f w)))
  /\ (forall x, In x (wrong (scan q documents f w)) -> In x w \/ In x (ids documents))
  /\ (forall v, In v documents ->
        (In (id (row_ v)) f -> (In (id (row_ v)) (wrong (scan q documents f w)) <-> sign q v <> Gt))
        /\ (~ In (id (row_ v)) f -> (In (id (row_ v)) (wrong (scan q documents f w)) <-> sign q v <> Lt))).
Proof.
  intros q documents; induction documents as [| v rest IH]; intros f w h distinct fresh nw; cbn [scan ids map] in *.
  { cbn [wrong]; split; [exact nw |]; split; [auto |]; split; [auto | intros v []]. }
  apply NoDup_cons_iff in distinct; destruct distinct as [new distinct].
  (* one step, whatever is relevant *)
  assert (forall f' (bad : bool), found (scan q rest f' (if bad then id (row_ v) :: w else w)) = [] ->
    let w' := wrong (scan q rest f' (if bad then id (row_ v) :: w else w)) in
    NoDup w' /\ (forall x, In x w -> In x w') /\ (forall x, In x w' -> In x w \/ In x (id (row_ v) :: ids rest))
    /\ (In (id (row_ v)) w' <-> bad = true)
    /\ (forall u, In u rest -> (In (id (row_ u)) f' -> (In (id (row_ u)) w' <-> sign q u <> Gt))
                             /\ (~ In (id (row_ u)) f' -> (In (id (row_ u)) w' <-> sign q u <> Lt)))) as step.
  { intros f' bad hf w'.
    assert (~ In (id (row_ v)) w) as vw by (intro i; apply (fresh _ i); left; reflexivity).
    destruct (IH f' (if bad then id (row_ v) :: w else w) hf distinct) as (n & keep & only & each).
    - intros x hx; destruct bad; [destruct hx as [<- | hx] |]; try exact new; intro i; apply (fresh x hx); right; exact i.
    - destruct bad; [constructor; assumption | exact nw].
    - fold w' in n, keep, only, each.
      split; [exact n |]; split; [intros x hx; apply keep; destruct bad; [right |]; exact hx |].
      split; [intros x hx; destruct (only x hx) as [o | o]; [| right; right; exact o] |].
      { destruct bad; [destruct o as [<- | o]; [right; left; reflexivity | left; exact o] | left; exact o]. }
      split; [| exact each].
      split; [| intros ->; apply keep; left; reflexivity].
      intro i; destruct bad; [reflexivity |]; destruct (only _ i) as [o | o]; [destruct (vw o) | destruct (new o)]. }
  assert (forall u, In u rest -> id (row_ u) <> id (row_ v)) as others_differ.
  { intros u hu e; apply new; rewrite <- e; apply (in_map (fun r => id (row_ r))), hu. }
  assert ((match sign q v with Gt => w | _ => id (row_ v) :: w end)
    = (if (match sign q v with Gt => false | _ => true end) then id (row_ v) :: w else w)) as e1 by (destruct (sign q v); reflexivity).
  assert ((match sign q v with Lt => w | _ => id (row_ v) :: w end)
    = (if (match sign q v with Lt => false | _ => true end) then id (row_ v) :: w else w)) as e2 by (destruct (sign q v); reflexivity).
  destruct f as [| a others].
  - rewrite e2 in *; destruct (step _ _ h) as (n & keep & only & here & each).
    split; [exact n |]; split; [exact keep |]; split; [exact only |]; intros u [<- | hu]; [| exact (each u hu)].
    split; [intros [] | intros _; rewrite here; destruct (sign q v); split; congruence].
  - destruct (a =? id (row_ v))%uint63 eqn:same_; [apply eq_word in same_; subst a |].
    + rewrite e1 in *; destruct (step _ _ h) as (n & keep & only & here & each).
      split; [exact n |]; split; [exact keep |]; split; [exact only |]; intros u [<- | hu].
      * split; [| intro no; destruct no; left; reflexivity]; intros _; rewrite here; destruct (sign q v); split; congruence.
      * destruct (each u hu) as [yes no]; pose proof (others_differ u hu); split; intro i.
        -- apply yes; destruct i as [e | i]; [congruence | exact i].
        -- apply no; intro j; apply i; right; exact j.
    + rewrite e2 in *; destruct (step _ _ h) as (n & keep & only & here & each).
      assert (a <> id (row_ v)) as differ by (intro e; rewrite e, Uint63.eqb_refl in same_; discriminate).
      split; [exact n |]; split; [exact keep |]; split; [exact only |]; intros u [<- | hu]; [| exact (each u hu)].
      split; [| intros _; rewrite here; destruct (sign q v); split; congruence].
      intro i; destruct i as [e | i]; [congruence |]; exfalso; apply new.
      apply (scan_finds_all q rest _ _ h); right; exact i.
Qed.

(* ---- 5. Blocks are one scan. ---- *)

Lemma scan_app : forall q a b f w, scan q (a ++ b) f w = scan q b (found (scan q a f w)) (wrong (scan q a f w)).
Proof.
  intros q a b; induction a as [| v a IH]; intros f w; [reflexivity |]; cbn [app scan].
  destruct f as [| c f]; [apply IH |]; destruct (c =? id (row_ v))%uint63; apply IH.
Qed.

Lemma sweep_is : forall documents states q f w, In (q, State f w) states ->
  In (q, scan q (concat documents) f w) (sweep documents states).
Proof.
  intros documents; unfold sweep; induction documents as [| b documents IH]; intros states q f w i; [exact i |].
  cbn [fold_left concat]; rewrite scan_app; apply IH.
  apply in_map_iff; exists (q, State f w); split; [| exact i]; cbn [fst snd found wrong].
  destruct (scan q b f w); reflexivity.
Qed.

Lemma start_is : forall ls known queries states, start ls known queries = Some states -> forall h, In h queries ->
  exists l r, find (id (stored h)) known = Some l /\ prepare_query ls h = Some r /\ In (r, State l []) states.
Proof.
  intros ls known queries; induction queries as [| k rest IH]; intros states e h i; [destruct i |]; cbn [start] in e.
  destruct (find (id (stored k)) known) as [l |] eqn:fl; [| discriminate].
  destruct (prepare_query ls k) as [r |] eqn:pr; [| discriminate].
  destruct (start ls known rest) as [others |] eqn:so; [| discriminate]; injection e as <-.
  destruct i as [<- | i]; [exists l, r; repeat split; auto; left; reflexivity |].
  destruct (IH others eq_refl h i) as (l' & r' & a & b & c); exists l', r'; repeat split; auto; right; exact c.
Qed.

Lemma finish_is : forall states answers, finish states = Some answers -> forall q s, In (q, s) states ->
  found s = [] /\ In (id (row_ q), wrong s) answers.
Proof.
  induction states as [| [p t] states IH]; intros answers e q s i; [destruct i |]; cbn [finish] in e.
  destruct (found t) eqn:ft; [| discriminate].
  destruct (finish states) as [others |]; [| discriminate]; injection e as <-.
  destruct i as [same_ | i]; [injection same_ as <- <-; split; [exact ft | left; reflexivity] |].
  destruct (IH others eq_refl q s i) as [a b]; split; [exact a | right; exact b].
Qed.

(* ---- 6. What the answer means. ---- *)

Definition threshold (h : hinted) : Q := threshold_of (extra h).

Theorem wrong_pairs : forall relevant ls known lib documents queries answers,
  tells relevant known -> holds ls lib documents -> check ls known lib queries = Some answers ->
  forall h, In h queries ->
  exists wrong, In (id (stored h), wrong) answers /\ NoDup wrong /\ incl wrong (map id documents)
    /\ forall v, In v documents -> (In (id v) wrong <-> ~ is_right relevant (threshold h) (stored h) v).
Proof.
  intros relevant ls known lib documents queries answers ht hl hc h hq; unfold check in hc.
  destruct (forallb level_is_good ls) eqn:good; [| discriminate].
  destruct (start ls known queries) as [states |] eqn:st; [| discriminate].
  destruct (start_is ls known queries states st h hq) as (l & r & fl & pr & i).
  apply (sweep_is (blocks lib)) in i; destruct (finish_is _ _ hc _ _ i) as [none here].
  destruct (library_is ls lib documents hl) as (hs & all & rows_ & inc & _).
  set (vs := concat (blocks lib)) in *.
  destruct (scan_is_right r vs l [] none (increasing_distinct _ inc) ltac:(intros x []) ltac:(constructor)) as (n & _ & only & each).
  assert (forall k v, In v vs -> prepared ls k v ->
    row_ r = stored h /\ row_ v = stored k /\ sign r v = (score (stored h) (stored k) ?= threshold h)%Q) as signs.
  { intros k v hv hk; destruct (sign_is_right ls h k r v good pr hk) as (a & b & _ & c); auto. }
  assert (ids vs = map id documents) as ids_are.
  { rewrite <- rows_; clear -all good pr; unfold ids; induction all as [| k v hs vs hk all IH]; [reflexivity |].
    cbn [map]; rewrite IH; f_equal; unfold prepared in hk.
    destruct (sign_is_right ls h k r v good pr hk) as (_ & b & _); rewrite b; reflexivity. }
  assert (row_ r = stored h) as rh.
  { unfold prepare_query in pr; apply prepared_whole in pr; [tauto |].
    intros l0 f g; apply form_is in g; destruct g as (u & _ & _ & w & _); exact w. }
  exists (wrong (scan r vs l [])); rewrite <- rh; split; [exact here |]; split; [exact n |].
  split; [intros x hx; destruct (only x hx) as [[] | o]; rewrite <- ids_are; exact o |].
  intros w hw; rewrite rh; rewrite <- rows_ in hw; apply in_map_iff in hw; destruct hw as (k & <- & hk).
  assert (exists v, In v vs /\ prepared ls k v) as (v & hv & pv).
  { clear -all hk; induction all as [| k' v hs vs pk all IH]; [destruct hk |].
    destruct hk as [<- | hk]; [exists v; split; [left; reflexivity | exact pk] |].
    destruct (IH hk) as (v' & a & b); exists v'; split; [right; exact a | exact b]. }
  destruct (signs k v hv pv) as (_ & rv & s); destruct (each v hv) as [yes no].
  rewrite rv, s in yes, no; unfold is_right; rewrite <- (ht _ _ fl).
  set (x := score (stored h) (stored k)) in *; set (t := threshold h) in *.
  destruct (in_dec Uint63.eqs (id (stored k)) l) as [match_ | other].
  - rewrite (yes match_); split; [intros ng [m _]; apply ng, Qgt_alt, m, match_ | intros nr g; apply nr].
    split; [intros _; apply Qgt_alt in g; exact g | intro c; destruct (c match_)].
  - rewrite (no other); split; [intros nl [_ m]; apply nl, Qlt_alt, m, other | intros nr g; apply nr].
    split; [intro c; destruct (other c) | intros _; apply Qlt_alt in g; exact g].
Qed.

(* Who is relevant to a query that was checked can be told. *)
Lemma decidable : forall relevant ls known lib queries answers, tells relevant known ->
  check ls known lib queries = Some answers -> forall h v, In h queries -> relevant (id (stored h)) v \/ ~ relevant (id (stored h)) v.
Proof.
  intros relevant ls known lib queries answers ht hc h v hq; unfold check in hc.
  destruct (forallb level_is_good ls); [| discriminate].
  destruct (start ls known queries) as [states |] eqn:st; [| discriminate].
  destruct (start_is ls known queries states st h hq) as (l & r & fl & _).
  rewrite <- (ht _ _ fl v); destruct (in_dec Uint63.eqs v l); auto.
Qed.

(* Nothing wrong: the two notions. *)
Definition all_right (answers : list (word * list word)) : bool :=
  forallb (fun a => match snd a with [] => true | _ => false end) answers.

Lemma right_pairs : forall relevant ls known lib documents queries answers,
  tells relevant known -> holds ls lib documents -> check ls known lib queries = Some answers -> all_right answers = true ->
  forall h v, In h queries -> In v documents -> is_right relevant (threshold h) (stored h) v.
Proof.
  intros relevant ls known lib documents queries answers ht hl hc ha h v hq hv.
  destruct (wrong_pairs _ _ _ _ _ _ _ ht hl hc h hq) as (w & iw & _ & _ & each); specialize (each v hv).
  unfold all_right in ha; rewrite forallb_forall in ha; specialize (ha _ iw); cbn [snd] in ha.
  destruct w; [| discriminate].
  pose proof (decidable _ _ _ _ _ _ ht hc h (id v) hq) as d; unfold is_right in *.
  destruct (Qlt_le_dec (threshold h) (score (stored h) v)) as [more | le1], (Qlt_le_dec (score (stored h) v) (threshold h)) as [less | le2].
  all: destruct d as [m | o]; try (split; intro; auto; contradiction).
  all: exfalso; apply each; intros [a b]; try specialize (a m); try specialize (b o).
  all: try (apply (Qlt_not_le _ _ a); assumption); try (apply (Qlt_not_le _ _ b); assumption).
Qed.

Theorem global_notion : forall relevant ls known lib documents queries answers t,
  tells relevant known -> holds ls lib documents -> check ls known lib queries = Some answers -> all_right answers = true ->
  (forall h, In h queries -> (threshold h == t)%Q) ->
  forall h v, In h queries -> In v documents ->
    ((t < score (stored h) v)%Q <-> relevant (id (stored h)) (id v)) /\ ~ (score (stored h) v == t)%Q.
Proof.
  intros relevant ls known lib documents queries answers t ht hl hc ha same_ h v hq hv.
  destruct (right_pairs _ _ _ _ _ _ _ ht hl hc ha h v hq hv) as [yes no].
  pose proof (decidable _ _ _ _ _ _ ht hc h (id v) hq) as d; rewrite (same_ h hq) in yes, no.
  destruct d as [m | o].
  - specialize (yes m); split; [tauto |]; intro e; rewrite e in yes; exact (Qlt_irrefl _ yes).
  - specialize (no o); split; [| intro e; rewrite e in no; exact (Qlt_irrefl _ no)].
    split; [intro more; exfalso; exact (Qlt_irrefl _ (Qlt_trans _ _ _ more no)) | tauto].
Qed.

Theorem row_notion : forall relevant ls known lib documents queries answers,
  tells relevant known -> holds ls lib documents -> check ls known lib queries = Some answers -> all_right answers = true ->
  forall h v w, In h queries -> In v documents -> In w documents ->
    relevant (id (stored h)) (id v) -> ~ relevant (id (stored h)) (id w) -> (score (stored h) w < score (stored h) v)%Q.
Proof.
  intros relevant ls known lib documents queries answers ht hl hc ha h v w hq hv hw m o.
  destruct (right_pairs _ _ _ _ _ _ _ ht hl hc ha h v hq hv) as [yes _].
  destruct (right_pairs _ _ _ _ _ _ _ ht hl hc ha h w hq hw) as [_ no].
  exact (Qlt_trans _ _ _ (no o) (yes m)).
Qed.
