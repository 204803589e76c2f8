(* That nothing was left out: rows are numbered from 0 on, one threshold is everybody's, and wrong pairs are added up.

   What is here is called by the program, so that its own part is small: it hands over each row with its number. *)

Require Import ZArith QArith List Lia Bool.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance levels decide pairs counting parabola classes classes_right.
Import ListNotations.
Close Scope Q_scope.
Open Scope Z_scope.

(* ---- 1. Rows by their numbers. ---- *)

(* The number after the last, if they are i, i + 1, ... *)
Fixpoint numbered {A} (f : A -> word) (l : list A) (i : word) : option word :=
  match l with
  | [] => Some i
  | x :: rest => if (f x =? i)%uint63 then numbered f rest (i + 1)%uint63 else None
  end.

Definition all_numbered {A} (f : A -> word) (l : list A) (n : word) : bool :=
  match numbered f l 0%uint63 with Some j => (j =? n)%uint63 | None => false end.

Definition below_ (n i : word) : Prop := Uint63.to_Z i < Uint63.to_Z n.

Lemma numbered_is : forall {A} (f : A -> word) l i j, numbered f l i = Some j ->
  forall k, Uint63.to_Z i <= Uint63.to_Z k < Uint63.to_Z j -> exists x, In x l /\ f x = k.
Proof.
  intros A f l; induction l as [| x l IH]; intros i j h k hk; cbn [numbered] in h; [injection h as <-; lia |].
  destruct (f x =? i)%uint63 eqn:e; [apply eq_word in e | discriminate].
  destruct (Z.eq_dec (Uint63.to_Z i) (Uint63.to_Z k)) as [same_ | other].
  - apply Uint63.to_Z_inj in same_; subst k; exists x; split; [left; reflexivity | exact e].
  - assert (Uint63.to_Z (i + 1)%uint63 = Uint63.to_Z i + 1) as up.
    { pose proof (Uint63.to_Z_bounded k); pose proof (Uint63.to_Z_bounded i); rewrite Uint63.add_spec; change (Uint63.to_Z 1) with 1; apply Z.mod_small; lia. }
    destruct (IH _ _ h k ltac:(lia)) as (y & iy & ey); exists y; split; [right; exact iy | exact ey].
Qed.

Lemma all_numbered_are : forall {A} (f : A -> word) l n, all_numbered f l n = true -> forall k, below_ n k -> exists x, In x l /\ f x = k.
Proof.
  intros A f l n h k hk; unfold all_numbered in h; destruct (numbered f l 0%uint63) as [j |] eqn:e; [| discriminate].
  apply eq_word in h; subst j; apply (numbered_is f l _ _ e k); change (Uint63.to_Z 0) with 0; pose proof (Uint63.to_Z_bounded k).
  unfold below_ in hk; lia.
Qed.

(* ---- 2. By structure. ---- *)

Definition whole_cover (n m : word) (classes : nat) known queries documents : bool :=
  all_numbered id queries n && all_numbered (fun v => id (v_row v)) documents m && check_cover classes known queries documents.

Definition whole_classes (n m : word) (l : layout) parts known queries documents : bool :=
  all_numbered (fun q => id (q_row q)) queries n && all_numbered (fun v => id (d_row v)) documents m
  && check_classes l parts known queries documents.

(* Every number of a query and every number of a document: the row that was handed over with it. *)
Definition whole_and_right (relevant : word -> word -> Prop) (t : Q) (n m : word) (queries documents : list row) : Prop :=
  (forall i, below_ n i -> exists q, In q queries /\ id q = i) /\ (forall j, below_ m j -> exists v, In v documents /\ id v = j)
  /\ forall q v, In q queries -> In v documents -> is_right relevant t q v.

Theorem whole_cover_is_right : forall relevant n m classes known queries documents,
  tells relevant known -> whole_cover n m classes known queries documents = true ->
  whole_and_right relevant 0 n m queries (map v_row documents).
Proof.
  intros relevant n m classes known queries documents ht h; unfold whole_cover in h; apply andb_prop in h; destruct h as [h c].
  apply andb_prop in h; destruct h as [hq hv]; split; [exact (all_numbered_are _ _ _ hq) |]; split.
  - intros j hj; destruct (all_numbered_are _ _ _ hv j hj) as (v & iv & e); exists (v_row v); split; [apply in_map, iv | exact e].
  - exact (cover_is_right _ _ _ _ _ ht c).
Qed.

Theorem whole_classes_are_right : forall relevant n m l parts known queries documents,
  tells relevant known -> whole_classes n m l parts known queries documents = true ->
  whole_and_right relevant (threshold_of (minus_t l)) n m (map q_row queries) (map d_row documents).
Proof.
  intros relevant n m l parts known queries documents ht h; unfold whole_classes in h; apply andb_prop in h; destruct h as [h c].
  apply andb_prop in h; destruct h as [hq hv]; split; [| split].
  - intros i hi; destruct (all_numbered_are _ _ _ hq i hi) as (q & iq & e); exists (q_row q); split; [apply in_map, iq | exact e].
  - intros j hj; destruct (all_numbered_are _ _ _ hv j hj) as (v & iv & e); exists (d_row v); split; [apply in_map, iv | exact e].
  - exact (classes_are_right _ _ _ _ _ _ ht c).
Qed.

(* ---- 3. Pair by pair, a block of queries after the other. ---- *)

Fixpoint run_on (bs : list (list ready)) (i : word) : option word :=
  match bs with
  | [] => Some i
  | b :: rest => match numbered (fun r => id (row_ r)) b i with Some j => run_on rest j | None => None end
  end.

Definition whole_library (lib : library) (m : word) : bool :=
  match run_on (blocks lib) 0%uint63 with Some j => (j =? m)%uint63 | None => false end.

Lemma numbered_app : forall {A} (f : A -> word) a b i j k, numbered f a i = Some j -> numbered f b j = Some k -> numbered f (a ++ b) i = Some k.
Proof.
  intros A f a; induction a as [| x a IH]; intros b i j k ha hb; cbn [numbered app] in *; [injection ha as <-; exact hb |].
  destruct (f x =? i)%uint63; [exact (IH _ _ _ _ ha hb) | discriminate].
Qed.

Lemma whole_library_is : forall lib m, whole_library lib m = true -> all_numbered (fun r => id (row_ r)) (concat (blocks lib)) m = true.
Proof.
  intros lib m h; unfold whole_library, all_numbered in *; destruct (run_on (blocks lib) 0%uint63) as [j |] eqn:e; [| discriminate].
  enough (forall bs i j, run_on bs i = Some j -> numbered (fun r => id (row_ r)) (concat bs) i = Some j) as all by (rewrite (all _ _ _ e); exact h).
  clear; induction bs as [| b bs IH]; intros i j e; cbn [run_on concat] in *; [exact e |].
  destruct (numbered _ b i) as [k |] eqn:f; [| discriminate]; exact (numbered_app _ _ _ _ _ _ f (IH _ _ e)).
Qed.

(* The one threshold of all, if there is one: minus it. *)
Definition has_threshold (minus_t : option number) (h : hinted) : bool :=
  match minus_t with Some t => same_number (extra h) t | None => true end.

Definition count_wrong (answers : list (word * list word)) (sum : Z) : Z :=
  fold_left (fun s a => how_many (snd a) s) answers sum.

(* How many pairs were wrong, and the next query. *)
Record progress := Progress { next : word; wrong_pairs_so_far : Z }.

Definition check_block (ls : list level) (known : table (list word)) (lib : library) (m : word) (minus_t : option number)
    (p : progress) (queries : list hinted) : option (progress * list (word * list word)) :=
  if whole_library lib m && forallb (has_threshold minus_t) queries then
    match numbered (fun h => id (stored h)) queries (next p), check ls known lib queries with
    | Some j, Some answers => Some (Progress j (count_wrong answers (wrong_pairs_so_far p)), answers)
    | _, _ => None
    end
  else None.

(* `done` are the queries that were checked, from the first number on. *)
Inductive checked ls known lib m minus_t : word -> progress -> list hinted -> Prop :=
| checked_none : forall i, checked ls known lib m minus_t i (Progress i 0) []
| checked_more : forall i p done queries p' answers, checked ls known lib m minus_t i p done ->
    check_block ls known lib m minus_t p queries = Some (p', answers) -> checked ls known lib m minus_t i p' (done ++ queries).

(* Queries are checked one by one. *)
Lemma sweep_cons : forall bs x s, exists y, sweep bs [x] = [y] /\ sweep bs (x :: s) = y :: sweep bs s.
Proof.
  induction bs as [| b bs IH]; intros x s; [exists x; split; reflexivity |].
  change (sweep (b :: bs) [x]) with (sweep bs (scan_all [x] b)); change (sweep (b :: bs) (x :: s)) with (sweep bs (scan_all (x :: s) b)).
  change (sweep (b :: bs) s) with (sweep bs (scan_all s b)); cbn [scan_all map]; apply IH.
Qed.

Lemma check_cons : forall ls known lib h hs answers, check ls known lib (h :: hs) = Some answers ->
  exists a rest, answers = a :: rest /\ check ls known lib [h] = Some [a] /\ check ls known lib hs = Some rest.
Proof.
  intros ls known lib h hs answers e; unfold check in *; destruct (forallb level_is_good ls); [| discriminate]; cbn [start] in *.
  destruct (find (id (stored h)) known) as [l |]; [| discriminate]; destruct (prepare_query ls h) as [r |]; [| discriminate].
  destruct (start ls known hs) as [others |]; [| discriminate].
  destruct (sweep_cons (blocks lib) (r, State l []) others) as ([q s] & one & more); rewrite one, more in *; cbn [finish] in *.
  destruct (found s); [| discriminate]; destruct (finish (sweep (blocks lib) others)) as [rest |]; [| discriminate].
  injection e as <-; exists (id (row_ q), wrong s), rest; repeat split.
Qed.

(* The documents with which a query is wrong. *)
Definition are_wrong (relevant : word -> word -> Prop) (documents : list row) (h : hinted) (w : list word) : Prop :=
  NoDup w /\ incl w (map id documents) /\
  forall v, In v documents -> (In (id v) w <-> ~ is_right relevant (threshold h) (stored h) v).

Lemma one_by_one : forall relevant ls known lib documents, tells relevant known -> holds ls lib documents ->
  forall hs answers, check ls known lib hs = Some answers -> Forall2 (are_wrong relevant documents) hs (map snd answers).
Proof.
  intros relevant ls known lib documents ht hl; induction hs as [| h hs IH]; intros answers e.
  - unfold check in e; destruct (forallb level_is_good ls); [| discriminate]; cbn [start] in e.
    enough (sweep (blocks lib) [] = []) as n by (rewrite n in e; injection e as <-; constructor).
    clear; induction (blocks lib) as [| b bs IH]; [reflexivity | exact IH].
  - apply check_cons in e; destruct e as (a & rest & -> & one & more); cbn [map]; constructor; [| exact (IH _ more)].
    destruct (wrong_pairs _ _ _ _ _ _ _ ht hl one h (or_introl eq_refl)) as (w & [e | []] & n & i & each); subst a.
    split; [exact n | split; [exact i | exact each]].
Qed.

Definition sum_of_lengths {A} (ws : list (list A)) : Z := fold_right (fun w s => Z.of_nat (length w) + s) 0 ws.

Lemma count_wrong_is : forall answers sum, count_wrong answers sum = sum + sum_of_lengths (map snd answers).
Proof.
  unfold count_wrong; induction answers as [| a answers IH]; intro sum; cbn [fold_left map sum_of_lengths fold_right]; [lia |].
  rewrite IH, how_many_is; unfold sum_of_lengths; lia.
Qed.

Theorem checked_are_right : forall relevant ls known lib documents m minus_t i p done,
  tells relevant known -> holds ls lib documents -> checked ls known lib m minus_t i p done ->
  (forall k, Uint63.to_Z i <= Uint63.to_Z k < Uint63.to_Z (next p) -> exists h, In h done /\ id (stored h) = k)
  /\ (done <> [] -> forall j, below_ m j -> exists v, In v documents /\ id v = j)
  /\ (forall t h, minus_t = Some t -> In h done -> threshold h = threshold_of t)
  /\ exists ws, Forall2 (are_wrong relevant documents) done ws /\ wrong_pairs_so_far p = sum_of_lengths ws.
Proof.
  intros relevant ls known lib documents m minus_t i p done ht hl hc.
  enough (numbered (fun h => id (stored h)) done i = Some (next p)
    /\ (done <> [] -> forall j, below_ m j -> exists v, In v documents /\ id v = j)
    /\ (forall t h, minus_t = Some t -> In h done -> threshold h = threshold_of t)
    /\ exists ws, Forall2 (are_wrong relevant documents) done ws /\ wrong_pairs_so_far p = sum_of_lengths ws) as (n & rest)
    by (split; [intros k hk; exact (numbered_is _ _ _ _ n k hk) | exact rest]).
  induction hc as [i | i p done queries p' answers hc (n & docs & ts & ws & all & sum) hb].
  - cbn [next numbered]; split; [reflexivity |]; split; [intro no; destruct (no eq_refl) |]; split; [intros t h _ [] |].
    exists []; split; [constructor | reflexivity].
  - unfold check_block in hb; destruct (_ && _) eqn:g in hb; [| discriminate]; apply andb_prop in g; destruct g as [whole same_].
    destruct (numbered _ queries (next p)) as [j |] eqn:nj; [| discriminate].
    destruct (check ls known lib queries) as [answers' |] eqn:ck; [| discriminate]; injection hb as <- <-; cbn [next wrong_pairs_so_far].
    split; [exact (numbered_app _ _ _ _ _ _ n nj) |]; split; [| split].
    + intros _ k hk; destruct (library_is ls lib documents hl) as (hs & prep & rows_ & _).
      destruct (all_numbered_are _ _ _ (whole_library_is _ _ whole) k hk) as (r & ir & e).
      rewrite forallb_forall in same_; clear -prep rows_ ir e; subst documents; induction prep as [| h r' hs rs p prep IH]; [destruct ir |].
      destruct ir as [<- | ir]; [| destruct (IH ir) as (v & iv & ev); exists v; split; [right; exact iv | exact ev]].
      exists (stored h); split; [left; reflexivity |]; rewrite <- e; f_equal; symmetry; unfold prepared, prepare_document in p.
      destruct (_ && _) in p; [| discriminate]; apply prepared_whole in p; [tauto |].
      intros l0 f g; apply form_is in g; destruct g as (u & _ & _ & w & _); exact w.
    + intros t h et ih; apply in_app_iff in ih; destruct ih as [ih | ih]; [exact (ts t h et ih) |].
      rewrite forallb_forall in same_; specialize (same_ h ih); unfold has_threshold in same_; rewrite et in same_.
      apply sides.same_number_is in same_; unfold threshold; rewrite same_; reflexivity.
    + exists (ws ++ map snd answers'); split; [apply Forall2_app; [exact all | exact (one_by_one _ _ _ _ _ ht hl _ _ ck)] |].
      rewrite count_wrong_is, sum; clear; induction ws as [| w ws IH]; cbn [app sum_of_lengths fold_right] in *; unfold sum_of_lengths in *; lia.
Qed.
