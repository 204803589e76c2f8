(* Levels of whole numbers, each decided by one inner product of words where it is not too close to call. *)

Require Import ZArith QArith List Lia Bool.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement packing levels.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Hints. ---- *)

Record level := Level {
  packing_ : fields;
  low : word; more : word;      (* F^(k-1), and what is added to the room of queries *)
  free : bool;                  (* thresholds are 0, so that the first coordinate does not count *)
  blur : list bool;             (* which entries are rounded *)
  most_q : list word; most_v : list word; (* bounds of the entries, by coordinate *)
  flat_q : word; flat_v : word; (* and of all coordinates *)
  room_q : word; room_v : word  (* bounds of the rooms of rows *)
}.

Record form := Form {
  unit_ : number;
  entries : list word;
  slack : word; (* bound of the sum of the sizes of entries that are rounded *)
  room : word   (* how far from 0 the word product must be, this row's part *)
}.

Record hinted := Hinted {
  stored : row;
  extra : number; (* of a query: the threshold, negative *)
  lift : word;    (* a power of 2 that makes the row whole *)
  forms : list form
}.

(* ---- 2. Checks of a level, once. ---- *)

Definition wholes (s : word) (h : hinted) : list Z := whole (signed s) (extra h) (stored h).

Fixpoint count (l : list bool) : Z := match l with [] => 0 | b :: l' => of_bool b + count l' end.

Definition below (l : level) : Z := (* what may lie below F^(k-1) *)
  Z.of_nat (length (most_q l))
  * (signed (flat_q l) * signed (flat_v l) * spill (signed (width (packing_ l))) (S (how_many (packing_ l)))).

Definition level_is_good (l : level) : bool :=
  fields_are_good (packing_ l)
  && (lowest (packing_ l) =? signed (low l))
  && (lowest (packing_ l) * count (blur l) + below l =? signed (more l))
  && forallb (within (flat_q l)) (most_q l) && forallb (within (flat_v l)) (most_v l)
  && (0 <=? signed (flat_q l)) && (0 <=? signed (flat_v l))
  && Nat.eqb (length (most_v l)) (length (most_q l)) && Nat.eqb (length (blur l)) (length (most_q l))
  && (lowest (packing_ l) * dot (map signed (most_q l)) (map signed (most_v l)) + below l
      + signed (room_q l) + signed (room_v l) <? half).

(* ---- 3. Checks of a row. ---- *)

Fixpoint all_stand (s : word) (u : number) (bs : list bool) (c : number) (xs : list number) (ys : list word) : bool :=
  match bs, xs, ys with
  | [], [], [] => true
  | b :: bs', x :: xs', y :: ys' => if stands_for s u b c x y then all_stand s u bs' c xs' ys' else false
  | _, _, _ => false
  end.

Fixpoint bounded (most ys : list word) : bool :=
  match most, ys with
  | [], [] => true
  | m :: most', y :: ys' => if within m y then bounded most' ys' else false
  | _, _ => false
  end.

Fixpoint spends (bs : list bool) (ys : list word) (left : word) : bool :=
  match bs, ys with
  | b :: bs', y :: ys' =>
      if b then
        let a := if (0 <=? y)%sint63 then y else (0 - y)%uint63 in
        if ((0 <=? a)%sint63 && (a <=? left)%sint63)%bool then spends bs' ys' (left - a)%uint63 else false
      else spends bs' ys' left
  | _, _ => (0 <=? left)%sint63
  end.

Definition form_is_good (l : level) (most : list word) (largest also : word) (is_query : bool)
    (s : word) (h : hinted) (f : form) : bool :=
  match blur l, entries f with
  | b :: bs, y :: ys =>
      (0 <? signed (fst (unit_ f))) && (0 <=? signed (snd (unit_ f)))
      && (if free l then (y =? 0)%uint63 && (if is_query then (fst (extra h) =? 0)%uint63 else true)
                         && (0 <=? power (signed s) one (extra h))
          else stands_for s (unit_ f) b one (extra h) y)
      && all_stand s (unit_ f) bs (scale (stored h)) (numbers (stored h)) ys
      && bounded most (entries f) && spends (blur l) (entries f) (slack f)
      && (0 <=? signed (slack f))
      && (signed (low l) * signed (slack f) + signed also <=? signed (room f)) && (room f <=? largest)%sint63
  | _, _ => false
  end.

Definition query_form_is_good l := form_is_good l (most_q l) (room_q l) (more l) true.
Definition document_form_is_good l := form_is_good l (most_v l) (room_v l) 0%uint63 false.

(* ---- 4. Rounded rows. ---- *)

Inductive all_near (u : Z) : list bool -> list Z -> list word -> Prop :=
| near_end : all_near u [] [] []
| near_more : forall b bs x xs y ys, near b u x y -> all_near u bs xs ys -> all_near u (b :: bs) (x :: xs) (y :: ys).

Fixpoint blurred (bs : list bool) (ys : list word) : Z :=
  match bs, ys with b :: bs', y :: ys' => of_bool b * Z.abs (signed y) + blurred bs' ys' | _, _ => 0 end.

Lemma one_product : forall b u w x y p q, 0 < u -> 0 < w -> near b u x p -> near b w y q ->
  Z.abs (x * y - u * w * (signed p * signed q))
  <= u * w * (of_bool b * (Z.abs (signed p) + Z.abs (signed q) + 1)).
Proof.
  unfold near; intros b u w x y p q hu hw hx hy.
  set (P := signed p) in *; set (R := signed q) in *.
  replace (x * y - u * w * (P * R)) with (u * P * (y - w * R) + (x - u * P) * (w * R) + (x - u * P) * (y - w * R)) by ring.
  pose proof (Z.abs_triangle (u * P * (y - w * R) + (x - u * P) * (w * R)) ((x - u * P) * (y - w * R))).
  pose proof (Z.abs_triangle (u * P * (y - w * R)) ((x - u * P) * (w * R))).
  rewrite !Z.abs_mul in *; rewrite (Z.abs_eq u), (Z.abs_eq w) in * by lia.
  pose proof (Z.abs_nonneg P); pose proof (Z.abs_nonneg R); pose proof (Z.abs_nonneg (x - u * P)); pose proof (Z.abs_nonneg (y - w * R)).
  destruct b; cbn [of_bool] in *.
  - assert (u * Z.abs P * Z.abs (y - w * R) <= u * Z.abs P * (1 * w)) by (apply Z.mul_le_mono_nonneg_l; [nia | assumption]).
    assert (Z.abs (x - u * P) * (w * Z.abs R) <= 1 * u * (w * Z.abs R)) by (apply Z.mul_le_mono_nonneg_r; [nia | assumption]).
    assert (Z.abs (x - u * P) * Z.abs (y - w * R) <= 1 * u * (1 * w)) by (apply Z.mul_le_mono_nonneg; assumption).
    lia.
  - assert (Z.abs (x - u * P) = 0) as ex by lia; assert (Z.abs (y - w * R) = 0) as ey by lia; rewrite ex, ey in *; lia.
Qed.

Lemma rounding_error : forall u w bs xs ys, all_near u bs xs ys -> forall xs' ys', all_near w bs xs' ys' -> 0 < u -> 0 < w ->
  Z.abs (dot xs xs' - u * w * dot (map signed ys) (map signed ys')) <= u * w * (blurred bs ys + blurred bs ys' + count bs).
Proof.
  intros u w bs xs ys n; induction n as [| b bs x xs y ys here n IH]; intros xs' ys' n' hu hw; inversion n'; subst.
  - simpl; lia.
  - match goal with h : all_near w bs _ _ |- _ => specialize (IH _ _ h hu hw) end.
    match goal with h : near b w _ _ |- _ => pose proof (one_product _ _ _ _ _ _ _ hu hw here h) as first end.
    cbn [map dot blurred count].
    match goal with |- Z.abs (?a * ?b + ?D - ?U * (?p * ?q + ?E)) <= _ =>
      pose proof (Z.abs_triangle (a * b - U * (p * q)) (D - U * E)) as t;
      replace (a * b - U * (p * q) + (D - U * E)) with (a * b + D - U * (p * q + E)) in t by ring end.
    eapply Z.le_trans; [exact t |]; eapply Z.le_trans; [apply Z.add_le_mono; [exact first | exact IH] |].
    apply Z.eq_le_incl; ring.
Qed.

Lemma all_stand_is : forall s u bs c xs ys, 0 < signed (fst u) -> 0 <= signed (snd u) -> all_stand s u bs c xs ys = true ->
  Forall (fun x => 0 <= power (signed s) c x) xs /\ all_near (size u) bs (map (scaled (signed s) c) xs) ys.
Proof.
  intros s u bs; induction bs as [| b bs IH]; intros c [| x xs] [| y ys] hm he h; cbn [all_stand] in h; try discriminate.
  - split; constructor.
  - destruct (stands_for s u b c x y) eqn:e; [| discriminate].
    apply near_is in e; [| assumption | assumption]; destruct e as [p n].
    destruct (IH c xs ys hm he h) as [ps ns]; split; [constructor; assumption | cbn [map]; constructor; assumption].
Qed.

Lemma bounded_is : forall most ys, bounded most ys = true -> Forall2 (fun m y => Z.abs (signed y) <= signed m) most ys.
Proof.
  induction most as [| m most IH]; intros [| y ys] h; cbn [bounded] in h; try discriminate; constructor.
  - destruct (within m y) eqn:e; [apply within_is, e | discriminate].
  - destruct (within m y); [apply IH, h | discriminate].
Qed.

Lemma length_of_2 : forall {A B} (R : A -> B -> Prop) a b, Forall2 R a b -> length a = length b.
Proof. intros A B R a b h; induction h; cbn [length]; congruence. Qed.

Lemma bounded_dot : forall m a, Forall2 (fun m y => Z.abs (signed y) <= signed m) m a ->
  forall n b, Forall2 (fun m y => Z.abs (signed y) <= signed m) n b ->
  Z.abs (dot (map signed a) (map signed b)) <= dot (map signed m) (map signed n).
Proof.
  intros m a h; induction h as [| s x m a hx h IH]; intros n b k; inversion k as [| t y n' b' hy k']; subst; cbn [map dot]; try lia.
  specialize (IH _ _ k'); pose proof (Z.abs_triangle (signed x * signed y) (dot (map signed a) (map signed b'))).
  rewrite Z.abs_mul in *.
  pose proof (Z.mul_le_mono_nonneg _ _ _ _ (Z.abs_nonneg (signed x)) hx (Z.abs_nonneg (signed y)) hy); lia.
Qed.

Lemma bounded_flat : forall flat m a, forallb (within flat) m = true -> Forall2 (fun m y => Z.abs (signed y) <= signed m) m a ->
  all_within (signed flat) (map signed a).
Proof.
  intros flat m a hf h; induction h as [| s x m a hx h IH]; cbn [map]; [constructor |].
  cbn [forallb] in hf; apply andb_prop in hf; destruct hf as [hs hf]; apply within_is in hs.
  constructor; [lia | apply IH, hf].
Qed.

Lemma spends_is : forall bs ys left, spends bs ys left = true -> blurred bs ys <= signed left.
Proof.
  induction bs as [| b bs IH]; intros [| y ys] left h; cbn [spends blurred] in *;
    try (apply le_signed in h; change (signed 0) with 0 in h; lia).
  destruct b; cbn [of_bool]; [| specialize (IH ys left h); lia].
  set (a := if (0 <=? y)%sint63 then y else (0 - y)%uint63) in *.
  destruct ((0 <=? a)%sint63 && (a <=? left)%sint63) eqn:e; [| discriminate]; facts; change (signed 0) with 0 in *.
  specialize (IH ys _ h); pose proof (signed_range left); rewrite sub_exact in IH by lia.
  assert (Z.abs (signed y) <= signed a); [| lia].
  unfold a in *; destruct (0 <=? y)%sint63 eqn:p; [apply le_signed in p; change (signed 0) with 0 in p; lia |].
  assert (signed y < 0) as negative by (destruct (Sint63.lebP 0 y); [discriminate | change (signed 0) with 0 in *; lia]).
  pose proof (signed_range y); destruct (Z.eq_dec (signed y) (- half)) as [edge_ | inner].
  - exfalso; pose proof (sub_same 0 y) as [k e]; change (signed 0) with 0 in e; pose proof (signed_range (0 - y)%uint63).
    rewrite edge_ in e; unfold half in *; lia.
  - rewrite sub_exact; change (signed 0) with 0; lia.
Qed.

Lemma blurred_positive : forall bs ys, 0 <= blurred bs ys.
Proof. induction bs as [| b bs IH]; intros [| y ys]; cbn [blurred]; try lia; specialize (IH ys); destruct b; cbn [of_bool]; lia. Qed.

(* The first coordinate may be left out. *)
Definition stands (l : level) (is_query : bool) (u : Z) (xs : list Z) (ys : list word) : Prop :=
  exists b bs x xs' y ys', blur l = b :: bs /\ xs = x :: xs' /\ ys = y :: ys' /\ all_near u bs xs' ys'
  /\ if free l then signed y = 0 /\ (is_query = true -> x = 0) else near b u x y.

Lemma rounding_error_of_rows : forall l u w xs ys xs' ys', stands l true u xs ys -> stands l false w xs' ys' -> 0 < u -> 0 < w ->
  Z.abs (dot xs xs' - u * w * dot (map signed ys) (map signed ys'))
  <= u * w * (blurred (blur l) ys + blurred (blur l) ys' + count (blur l)).
Proof.
  intros l u w xs ys xs' ys' (b & bs & x & xt & y & yt & eb & -> & -> & n & first) (b' & bs' & x' & xt' & y' & yt' & eb' & -> & -> & n' & first') hu hw.
  rewrite eb in *; injection eb' as <- <-.
  pose proof (rounding_error u w bs xt yt n xt' yt' n' hu hw) as rest.
  assert (Z.abs (x * x' - u * w * (signed y * signed y')) <= u * w * (of_bool b * (Z.abs (signed y) + Z.abs (signed y') + 1))) as here.
  { destruct (free l).
    - destruct first as [-> z], first' as [-> _]; rewrite (z eq_refl); destruct b; cbn [of_bool]; simpl Z.abs; nia.
    - exact (one_product b u w x x' y y' hu hw first first'). }
  cbn [map dot blurred count].
  match goal with |- Z.abs (?a * ?b + ?D - ?U * (?p * ?q + ?E)) <= _ =>
    pose proof (Z.abs_triangle (a * b - U * (p * q)) (D - U * E)) as t;
    replace (a * b - U * (p * q) + (D - U * E)) with (a * b + D - U * (p * q + E)) in t by ring end.
  eapply Z.le_trans; [exact t |]; eapply Z.le_trans; [apply Z.add_le_mono; [exact here | exact rest] |].
  apply Z.eq_le_incl; ring.
Qed.

(* What is known of a row of a good form. *)
Lemma form_is : forall l most largest also is_query s h f, form_is_good l most largest also is_query s h f = true ->
  exists u, 0 < u /\ stands l is_query u (wholes s h) (entries f) /\ is_whole (signed s) (extra h) (stored h)
  /\ Forall2 (fun m y => Z.abs (signed y) <= signed m) most (entries f)
  /\ blurred (blur l) (entries f) <= signed (slack f)
  /\ 0 <= signed (slack f) /\ signed (low l) * signed (slack f) + signed also <= signed (room f) <= signed largest.
Proof.
  intros l most largest also is_query s h f good; unfold form_is_good in good.
  destruct (blur l) as [| b bs] eqn:eb; [discriminate |]; destruct (entries f) as [| y ys] eqn:ef; [discriminate |].
  apply andb_prop in good; destruct good as [good g9]; apply andb_prop in good; destruct good as [good g8].
  apply andb_prop in good; destruct good as [good g7]; apply andb_prop in good; destruct good as [good g6].
  apply andb_prop in good; destruct good as [good g5]; apply andb_prop in good; destruct good as [good g4].
  apply andb_prop in good; destruct good as [good g3]; apply andb_prop in good; destruct good as [g1 g2]; facts.
  apply all_stand_is in g4; [| assumption | assumption]; destruct g4 as [p4 n4].
  apply bounded_is in g5; apply spends_is in g6.
  exists (size (unit_ f)).
  split; [unfold size; apply Z.mul_pos_pos; [assumption | apply Z.pow_pos_nonneg; lia] |].
  assert (0 <= power (signed s) one (extra h) /\
    if free l then signed y = 0 /\ (is_query = true -> scaled (signed s) one (extra h) = 0)
    else near b (size (unit_ f)) (scaled (signed s) one (extra h)) y) as [pe first].
  { destruct (free l).
    - facts; split; [assumption |]; subst y; split; [reflexivity |]; intros ->; facts.
      unfold scaled; match goal with e : fst _ = _ |- _ => rewrite e end; change (signed 0) with 0; ring.
    - apply near_is in g3; [exact g3 | assumption | assumption]. }
  split; [| split; [split; assumption | repeat split; assumption]].
  exists b, bs, (scaled (signed s) one (extra h)), (map (scaled (signed s) (scale (stored h))) (numbers (stored h))), y, ys.
  unfold wholes, whole; repeat split; assumption || auto.
Qed.

(* ---- 5. One level. ---- *)

Definition word_score (l : level) (f g : form) : word :=
  word_product 0%uint63 (pack_front (packing_ l) (entries f)) (pack_back (packing_ l) (entries g)).

Lemma word_score_is : forall l s t q v f g, level_is_good l = true ->
  query_form_is_good l s q f = true -> document_form_is_good l t v g = true ->
  let D := dot (wholes s q) (wholes t v) in
  let r := (room f + room g)%uint63 in
  ((r <? word_score l f g)%sint63 = true -> 0 < D) /\ ((word_score l f g <? 0 - r)%sint63 = true -> D < 0).
Proof.
  intros l s t q v f g good hq hv D r.
  apply form_is in hq, hv.
  destruct hq as (u & hu & nq & _ & mq & sq & pq & rq), hv as (w & hw & nv & _ & mv & sv & pv & rv).
  unfold level_is_good in good; facts.
  match goal with i : (lowest _ =? _) = true |- _ => apply Z.eqb_eq in i; rewrite <- i in * end.
  match goal with i : (_ =? signed (more l)) = true |- _ => apply Z.eqb_eq in i; rewrite <- i in * end.
  change (signed 0) with 0 in *.
  repeat match goal with i : Nat.eqb _ _ = true |- _ => apply Nat.eqb_eq in i end.
  set (p := packing_ l) in *.
  pose proof (rounding_error_of_rows _ _ _ _ _ _ _ nq nv hu hw) as error.
  assert (0 < signed (width p)) as fp by (unfold fields_are_good in *; facts; lia).
  assert (0 < lowest p) as lp by (apply Z.pow_pos_nonneg; [apply F_positive, fp | lia]).
  assert (length (entries f) = length (most_q l)) as lf by (symmetry; exact (length_of_2 _ _ _ mq)).
  assert (length (entries g) = length (most_v l)) as lg by (symmetry; exact (length_of_2 _ _ _ mv)).
  destruct (packed_product p (signed (flat_q l)) (signed (flat_v l)) (entries f) (entries g)) as (e & se & small_e); auto.
  { congruence. }
  { eapply bounded_flat; eassumption. }
  { eapply bounded_flat; eassumption. }
  rewrite lf in small_e; change (Z.abs e <= below l) in small_e.
  pose proof (bounded_dot _ _ mq _ _ mv) as small.
  set (P := dot (map signed (entries f)) (map signed (entries g))) in *.
  set (M := dot (map signed (most_q l)) (map signed (most_v l))) in *.
  pose proof (blurred_positive (blur l) (entries f)); pose proof (blurred_positive (blur l) (entries g)).
  assert (0 <= count (blur l)) by (clear; induction (blur l) as [| [] bs IH]; cbn [count of_bool]; lia).
  assert (0 <= below l) by (pose proof (Z.abs_nonneg e); lia).
  assert (0 <= signed (room f)) by nia.
  assert (0 <= signed (room g)) by nia.
  assert (Z.abs (lowest p * P) <= lowest p * M) as large
    by (rewrite Z.abs_mul, (Z.abs_eq (lowest p)) by lia; apply Z.mul_le_mono_nonneg_l; lia).
  assert (signed (word_score l f g) = lowest p * P + e) as es
    by (apply same_is_equal; [exact se | apply signed_range | lia]).
  assert (signed r = signed (room f) + signed (room g)) as er by (apply add_exact; lia).
  set (N := blurred (blur l) (entries f) + blurred (blur l) (entries g) + count (blur l)) in *.
  assert (lowest p * N <= signed r - below l) as all_room.
  { rewrite er; unfold N.
    assert (lowest p * blurred (blur l) (entries f) <= lowest p * signed (slack f)) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (lowest p * blurred (blur l) (entries g) <= lowest p * signed (slack g)) by (apply Z.mul_le_mono_nonneg_l; lia).
    lia. }
  assert (0 < u * w) as uw by nia.
  assert (forall a b, u * w * a <= u * w * b -> a <= b) as cancel by (intros a b c; apply (Z.mul_le_mono_pos_l a b (u * w)); assumption).
  fold D in error.
  split; intro h; apply lt_signed in h.
  - rewrite es, er in h; rewrite er in all_room.
    assert (N < P) as more by (apply (Z.mul_lt_mono_pos_l (lowest p)); lia).
    assert (u * w * N < u * w * P) by (apply Z.mul_lt_mono_pos_l; assumption); lia.
  - rewrite sub_exact, es, er in h by (change (signed 0) with 0; rewrite ?er; lia); change (signed 0) with 0 in h; rewrite er in all_room.
    assert (P < - N) as less by (apply (Z.mul_lt_mono_pos_l (lowest p)); [exact lp |]; rewrite Z.mul_opp_r; lia).
    assert (u * w * P < u * w * - N) by (apply Z.mul_lt_mono_pos_l; assumption); lia.
Qed.

(* ---- 6. All levels, then Z. ---- *)

Record ready := Ready {
  row_ : row;
  extra_ : number;
  lift_ : word;
  packs : list (cells * word)
}.

Definition in_Z (q v : ready) : comparison :=
  (dot (whole (signed (lift_ q)) (extra_ q) (row_ q)) (whole (signed (lift_ v)) (extra_ v) (row_ v)) ?= 0).

(* `if` and not `||`: in Rocq's machines both sides of `||` are computed. *)
Fixpoint sign_by (ps qs : list (cells * word)) (q v : ready) : comparison :=
  match ps with
  | [] => in_Z q v
  | p :: ps' =>
      match qs with
      | [] => in_Z q v
      | o :: qs' =>
          let s := word_product 0%uint63 (fst p) (fst o) in
          let r := (snd p + snd o)%uint63 in
          if (r <? s)%sint63 then Gt else if (s <? 0 - r)%sint63 then Lt else sign_by ps' qs' q v
      end
  end.

Definition sign (q v : ready) : comparison := sign_by (packs q) (packs v) q v.

Fixpoint pack (good : level -> form -> bool) (into : fields -> list word -> cells) (ls : list level) (fs : list form)
  : option (list (cells * word)) :=
  match ls, fs with
  | [], [] => Some []
  | l :: ls', f :: fs' =>
      if good l f then
        match pack good into ls' fs' with
        | Some ps => Some ((into (packing_ l) (entries f), room f) :: ps)
        | None => None
        end
      else None
  | _, _ => None
  end.

Definition is_whole_in_Z (h : hinted) : bool :=
  (0 <=? power (signed (lift h)) one (extra h))
  && forallb (fun x => 0 <=? power (signed (lift h)) (scale (stored h)) x) (numbers (stored h)).

(* A good form says that the row is whole; without one this is checked apart. *)
Definition prepare good into (ls : list level) (h : hinted) : option ready :=
  match pack (fun l f => good l (lift h) h f) into ls (forms h) with
  | Some ps =>
      if (match ls with [] => is_whole_in_Z h | _ :: _ => true end)
      then Some (Ready (stored h) (extra h) (lift h) ps) else None
  | None => None
  end.

Definition prepare_query := prepare query_form_is_good pack_front.
Definition prepare_document (ls : list level) (h : hinted) : option ready :=
  if ((fst (extra h) =? 1) && (snd (extra h) =? 0))%uint63 then prepare document_form_is_good pack_back ls h else None.

Lemma sign_by_is : forall ls s t q v, forallb level_is_good ls = true ->
  forall fs gs ps qs a b,
  pack (fun l f => query_form_is_good l s q f) pack_front ls fs = Some ps ->
  pack (fun l f => document_form_is_good l t v f) pack_back ls gs = Some qs ->
  in_Z a b = (dot (wholes s q) (wholes t v) ?= 0) ->
  sign_by ps qs a b = (dot (wholes s q) (wholes t v) ?= 0).
Proof.
  intros ls s t q v; induction ls as [| l ls IH]; intros good [| f fs] [| g gs] ps qs a b hp hq z; cbn [pack] in *; try discriminate.
  - injection hp as <-; exact z.
  - cbn [forallb] in good; apply andb_prop in good; destruct good as [gl good].
    destruct (query_form_is_good l s q f) eqn:gf; [| discriminate].
    destruct (document_form_is_good l t v g) eqn:gg; [| discriminate].
    destruct (pack _ pack_front ls fs) as [ps' |] eqn:ep; [| discriminate].
    destruct (pack _ pack_back ls gs) as [qs' |] eqn:eq; [| discriminate].
    injection hp as <-; injection hq as <-; cbn [sign_by fst snd].
    destruct (word_score_is l s t q v f g gl gf gg) as [more less]; unfold word_score in more, less.
    destruct (_ <? _)%sint63; [symmetry; apply Z.compare_gt_iff, more; reflexivity |].
    destruct (_ <? _)%sint63; [symmetry; apply Z.compare_lt_iff, less; reflexivity |].
    exact (IH good fs gs ps' qs' a b ep eq z).
Qed.

Lemma pack_whole : forall good into l ls fs ps, pack good into (l :: ls) fs = Some ps -> exists f, good l f = true.
Proof.
  intros good into l ls [| f fs] ps h; cbn [pack] in h; [discriminate |].
  exists f; destruct (good l f); [reflexivity | discriminate].
Qed.

Lemma prepared_whole : forall good into ls h r,
  (forall l f, good l (lift h) h f = true -> is_whole (signed (lift h)) (extra h) (stored h)) ->
  prepare good into ls h = Some r ->
  is_whole (signed (lift h)) (extra h) (stored h)
  /\ pack (fun l f => good l (lift h) h f) into ls (forms h) = Some (packs r)
  /\ row_ r = stored h /\ extra_ r = extra h /\ lift_ r = lift h.
Proof.
  intros good into ls h r w e; unfold prepare in e.
  destruct (pack _ _ _ _) as [ps |] eqn:p; [| discriminate].
  destruct ls as [| l ls].
  - destruct (is_whole_in_Z h) eqn:z; [| discriminate]; injection e as <-; cbn [packs row_ extra_ lift_].
    unfold is_whole_in_Z in z; facts; split; [| auto]; split; [assumption |].
    apply Forall_forall; intros x hx; rewrite forallb_forall in H0; apply Z.leb_le, H0, hx.
  - injection e as <-; cbn [packs row_ extra_ lift_]; split; [| auto].
    destruct (pack_whole _ _ _ _ _ _ p) as (f & g); exact (w l f g).
Qed.

Theorem sign_is_right : forall ls h k q v, forallb level_is_good ls = true ->
  prepare_query ls h = Some q -> prepare_document ls k = Some v ->
  row_ q = stored h /\ row_ v = stored k /\ extra_ q = extra h
  /\ sign q v = (score (stored h) (stored k) ?= threshold_of (extra h))%Q.
Proof.
  intros ls h k q v good hq hv; unfold prepare_document in hv.
  destruct (_ && _)%bool eqn:is_one in hv; [| discriminate].
  assert (extra k = one) as ek by (facts; destruct (extra k); cbn [fst snd] in *; subst; reflexivity).
  apply prepared_whole in hq.
  2: { intros l f g; apply form_is in g; destruct g as (u & _ & _ & w & _); exact w. }
  apply prepared_whole in hv.
  2: { intros l f g; apply form_is in g; destruct g as (u & _ & _ & w & _); exact w. }
  destruct hq as (wq & pq & rq & xq & lq), hv as (wv & pv & rv & xv & lv).
  repeat split; auto.
  rewrite ek in wv; rewrite (compare_score _ _ _ _ _ wq wv).
  unfold sign; rewrite (sign_by_is ls (lift h) (lift k) h k good (forms h) (forms k)); auto.
  - unfold wholes; rewrite ek; reflexivity.
  - unfold in_Z, wholes; rewrite rq, rv, xq, xv, lq, lv; reflexivity.
Qed.
