(* Documents of tries and of rings: the queries that are hit score above the threshold, all others below, and the count is right. *)

Require Import ZArith QArith Qpower List Lia Bool Permutation.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance packing levels counting columns convex rings prefixes classes.
Import ListNotations.
Close Scope Q_scope.
Open Scope Z_scope.

(* ---- 1. What a block of columns adds. ---- *)

Lemma product_swapped : forall a b, (product_of a b == product_of b a)%Q.
Proof.
  unfold product_of; induction a as [| x a IH]; intros [| y b]; try reflexivity; cbn [map product]; rewrite IH; ring.
Qed.

Lemma code_product : forall s t u U, (0 <? fst u)%sint63 = true -> whole_at s u = Some U ->
  forall xs y vs zs, code_of u xs = Some y -> wholes t vs = Some zs ->
  (inject_Z (agreement y (map (Z.mul U) zs)) == product_of xs vs * 2 ^ (s + t))%Q.
Proof.
  intros s t u U pu hu; pose proof (whole_at_is _ _ _ hu) as eu.
  induction xs as [| x xs IH]; intros y vs zs hy hv; cbn [code_of] in hy.
  { injection hy as <-; cbn [agreement]; unfold product_of; cbn [map product]; change (inject_Z 0) with 0%Q; ring. }
  destruct (is_zero x) eqn:zx.
  { destruct (forallb is_zero xs) eqn:zs'; [| discriminate]; injection hy as <-; cbn [agreement].
    rewrite product_swapped, product_with_zeros by (cbn [forallb]; rewrite zx; exact zs'); change (inject_Z 0) with 0%Q; ring. }
  assert (exists (b : bool) y', y = b :: y' /\ code_of u xs = Some y' /\ (value x == (if b then 1 else - (1)) * value u)%Q) as (b & y' & -> & ey & ex).
  { destruct (snd x =? snd u)%uint63 eqn:es; [apply eq_word in es | discriminate].
    destruct (fst x =? fst u)%uint63 eqn:e1.
    - apply eq_word in e1; destruct (code_of u xs) as [y' |]; [| discriminate]; injection hy as <-.
      exists true, y'; repeat split; unfold value; rewrite e1, es; ring.
    - destruct (fst x =? 0 - fst u)%uint63 eqn:e2; [apply eq_word in e2 | discriminate].
      destruct (code_of u xs) as [y' |]; [| discriminate]; injection hy as <-.
      exists false, y'; repeat split; unfold value; rewrite e2, es; apply lt_signed in pu; change (signed 0) with 0 in pu.
      pose proof (signed_range (fst u)); rewrite sub_exact by (change (signed 0) with 0; unfold half in *; lia).
      change (signed 0) with 0; rewrite Z.sub_0_l, inject_Z_opp; ring. }
  destruct vs as [| v vs]; cbn [wholes] in hv.
  { injection hv as <-; cbn [map agreement]; unfold product_of; cbn [map product]; change (inject_Z 0) with 0%Q; ring. }
  destruct (whole_at t v) as [z |] eqn:ez; [| discriminate]; destruct (wholes t vs) as [zs' |] eqn:ezs; [| discriminate].
  injection hv as <-; cbn [map agreement]; rewrite inject_Z_plus, (IH y' vs zs' ey ezs).
  apply whole_at_is in ez; unfold product_of; cbn [map product]; rewrite ex, Qpower_plus by exact two_not_0.
  destruct b; rewrite ?inject_Z_opp, inject_Z_mult, eu, ez; ring.
Qed.

Lemma rest_is : forall l xs rest, rest_of l xs = Some rest ->
  (inject_Z rest == (product_of (shared l) (skipn (own l) xs) + value (minus_t l)) * 2 ^ (up_q l + up_v l))%Q.
Proof.
  intros l xs rest h; unfold rest_of in h.
  destruct (wholes (up_q l) (shared l)) as [a |] eqn:ea; [| discriminate].
  destruct (wholes (up_v l) (skipn (own l) xs)) as [b |] eqn:eb; [| discriminate].
  destruct (whole_at (up_q l + up_v l) (minus_t l)) as [t |] eqn:et; [| discriminate]; injection h as <-.
  rewrite inject_Z_plus, (wholes_product _ _ _ _ _ _ ea eb), (whole_at_is _ _ _ et); ring.
Qed.

Lemma same_number_is : forall x y, same_number x y = true -> x = y.
Proof. intros [] [] h; unfold same_number in h; facts; cbn [fst snd] in *; congruence. Qed.

Lemma same_numbers_are : forall a b, same_numbers a b = true -> a = b.
Proof.
  induction a as [| x a IH]; intros [| y b] h; cbn [same_numbers] in h; try discriminate; [reflexivity |].
  apply andb_prop in h; destruct h as [e h]; apply same_number_is in e; subst; f_equal; apply IH, h.
Qed.

Definition good_sides (l : layout) (q v : row) (t : bool) : Prop :=
  if t then (threshold_of (minus_t l) < score q v)%Q else (score q v < threshold_of (minus_t l))%Q.

Lemma sides : forall l cs q v from width rest block,
  good_query l cs q = true -> good_scale (minus_t l) v = true -> only_in from width (own l) (numbers v) = true ->
  rest_of l (numbers v) = Some rest ->
  (inject_Z block == product_of (columns from width (numbers (q_row q))) (columns from width (numbers v)) * 2 ^ (up_q l + up_v l))%Q ->
  (0 < block + rest -> good_sides l (q_row q) v true) /\ (block + rest < 0 -> good_sides l (q_row q) v false).
Proof.
  intros l cs q v from width rest block hq hv inside_ hr hb; unfold good_query in hq; facts.
  match goal with h : same_numbers _ _ = true |- _ => apply same_numbers_are in h; rename h into sh end.
  apply (sign_of_product (minus_t l) (q_row q) v (up_q l + up_v l)); [assumption | exact hv |].
  rewrite inject_Z_plus, hb, (rest_is _ _ _ hr), (product_is_two_parts _ _ _ _ _ inside_), sh; ring.
Qed.

(* ---- 2. Classes that were looked at. ---- *)

Lemma how_many_0 : forall {A} (l : list A), how_many l 0 = Z.of_nat (length l).
Proof. intros; rewrite how_many_is; lia. Qed.

Definition listed {A B} (f : A -> option B) (l : list A) : list B :=
  flat_map (fun x => match f x with Some y => [y] | None => [] end) l.

Lemma grown : forall from width u queries t ys, represents t ys ->
  exists ys', represents (fold_left (grow from width u) queries t) ys' /\ Permutation ys' (listed (code_at from width u) queries ++ ys).
Proof.
  intros from width u queries; induction queries as [| q queries IH]; intros t ys h; [exists ys; split; [exact h | reflexivity] |].
  cbn [fold_left]; unfold grow at 2; unfold listed; cbn [flat_map]; destruct (code_at from width u q) as [y |] eqn:e.
  - destruct (IH _ _ (insert_is y t ys h)) as (ys' & r & p); exists ys'; split; [exact r |]; rewrite p.
    cbn [app]; apply Permutation_sym, Permutation_middle.
  - exact (IH t ys h).
Qed.

Lemma filter_listed : forall {A B} (f : A -> option B) g h l, (forall x, h x = match f x with Some y => g y | None => false end) ->
  length (filter g (listed f l)) = length (filter h l).
Proof.
  intros A B f g h l e; induction l as [| x l IH]; [reflexivity |]; unfold listed; cbn [flat_map filter]; rewrite e.
  destruct (f x) as [y |]; [| exact IH]; cbn [app filter]; destruct (g y); cbn [length]; [f_equal |]; exact IH.
Qed.

Lemma in_listed : forall {A B} (f : A -> option B) l x y, In x l -> f x = Some y -> In y (listed f l).
Proof. intros A B f l x y i e; apply in_flat_map; exists x; rewrite e; split; [exact i | left; reflexivity]. Qed.

Section Target.
  Variables (l : layout) (queries : list standing) (c : ready_part) (cs : list ready_part) (v : marked).
  Hypothesis good : forall q, In q queries -> good_query l cs q = true.
  Hypothesis stands : forall q, In q queries -> is_some (stand_in c q) = true.
  Hypothesis scale_ok : good_scale (minus_t l) (d_row v) = true.
  Hypothesis inside_ok : only_in (begins_at c) (width_of (ground_of c)) (own l) (numbers (d_row v)) = true.
  Variables (ws : list Z) (rest : Z).
  Hypothesis block_is : wholes (up_v l) (columns (begins_at c) (width_of (ground_of c)) (numbers (d_row v))) = Some ws.
  Hypothesis rest_ok : rest_of l (numbers (d_row v)) = Some rest.

  Definition tells_sides (t : target) (n : Z) : Prop :=
    n = Z.of_nat (length (filter (fun q => hit t (stand_in c q)) queries))
    /\ forall q, In q queries -> good_sides l (q_row q) (d_row v) (hit t (stand_in c q)).

  Lemma filter_all : forall {A} (f : A -> bool) (xs : list A), (forall x, In x xs -> f x = true) -> filter f xs = xs.
  Proof.
    intros A f xs; induction xs as [| x xs IH]; intro h; [reflexivity |]; cbn [filter].
    rewrite (h x (or_introl eq_refl)), IH by (intros y hy; apply h; right; exact hy); reflexivity.
  Qed.

  Lemma filter_none : forall {A} (xs : list A), filter (fun _ => false) xs = [].
  Proof. intros A xs; induction xs; auto. Qed.

  Lemma constant : forall (b : bool),
    (forall q, In q queries -> good_sides l (q_row q) (d_row v) b) ->
    tells_sides (if b then Always else Never) (if b then how_many queries 0 else 0).
  Proof.
    intros b h; destruct b; (split; [| exact h]); cbn [hit].
    - rewrite filter_all by auto; apply how_many_0.
    - rewrite filter_none; reflexivity.
  Qed.

  Lemma zeros_are_right : forallb (Z.eqb 0) ws = true ->
    (0 < rest -> forall q, In q queries -> good_sides l (q_row q) (d_row v) true)
    /\ (rest < 0 -> forall q, In q queries -> good_sides l (q_row q) (d_row v) false).
  Proof.
    intro z.
    assert (forall q, In q queries -> (0 < 0 + rest -> good_sides l (q_row q) (d_row v) true) /\ (0 + rest < 0 -> good_sides l (q_row q) (d_row v) false)) as all.
    { intros q hq; apply (sides l cs q (d_row v) _ _ rest 0 (good q hq) scale_ok inside_ok rest_ok).
      assert (forall s vs zs, wholes s vs = Some zs -> forallb (Z.eqb 0) zs = true -> forall xs, (product_of xs vs == 0)%Q) as none.
      { clear; intros s vs; induction vs as [| x vs IH]; intros zs h z xs.
        - rewrite product_swapped; unfold product_of; reflexivity.
        - cbn [wholes] in h; destruct (whole_at s x) as [z' |] eqn:e; [| discriminate]; destruct (wholes s vs) as [zs' |]; [| discriminate].
          injection h as <-; cbn [forallb] in z; apply andb_prop in z; destruct z as [z0 z]; apply Z.eqb_eq in z0; subst z'.
          destruct xs as [| y xs]; [reflexivity |]; unfold product_of; cbn [map product]; fold (product_of xs vs).
          rewrite (IH zs' eq_refl z xs); apply whole_at_is in e; symmetry in e; apply Qmult_integral in e.
          destruct e as [e | e]; [rewrite e; ring |].
          pose proof (Qpower_0_lt 2 s ltac:(reflexivity)) as p; rewrite e in p; discriminate. }
      rewrite (none _ _ _ block_is z); change (inject_Z 0) with 0%Q; ring. }
    split; intros h q hq; destruct (all q hq); auto.
  Qed.

  Lemma trie_is_right : forall width u t0 t n, ground_of c = Bits width u t0 -> (0 <? fst u)%sint63 = true ->
    t0 = fold_left (grow (begins_at c) width u) queries Leaf -> in_trie l u t0 ws rest = Some (t, n) -> tells_sides t n.
  Proof.
    intros width u t0 t n hg pu ht h; unfold in_trie in h.
    destruct (whole_at (up_q l) u) as [U |] eqn:hu; [| discriminate]; set (weights := map (Z.mul U) ws) in *.
    destruct (0 <? size_of weights + rest) eqn:own_; [apply Z.ltb_lt in own_ | discriminate].
    destruct (walk t0 weights (size_of weights + rest) (size_of weights)) as [k |] eqn:hw; [| discriminate].
    injection h as <- <-.
    destruct (grown (begins_at c) width u queries Leaf [] eq_refl) as (ys & r & p); rewrite <- ht in r; rewrite app_nil_r in p.
    destruct (walk_is _ _ _ _ _ r hw) as [count each]; rewrite hg in *; cbn [width_of] in *.
    assert (forall q, hit (Begins (word_of weights)) (stand_in c q)
      = match code_at (begins_at c) width u q with Some y => begins (word_of weights) y | None => false end) as hits_.
    { intro q; unfold stand_in; rewrite hg; destruct (code_at _ _ _ q); reflexivity. }
    split.
    - rewrite count, (filter_permuted _ _ _ p); f_equal; apply filter_listed, hits_.
    - intros q hq; pose proof (stands q hq) as st; unfold stand_in in st; rewrite hg in st.
      rewrite hits_; destruct (code_at (begins_at c) width u q) as [y |] eqn:hy; [| discriminate].
      assert (In y ys) as iy by (apply (Permutation_in _ (Permutation_sym p)); eapply in_listed; eassumption).
      destruct (each y iy) as [yes no]; unfold code_at in hy.
      destruct (sides l cs q (d_row v) _ _ rest (agreement y weights) (good q hq) scale_ok inside_ok rest_ok
        (code_product _ _ _ _ pu hu _ _ _ _ hy block_is)) as [more less].
      destruct (begins (word_of weights) y).
      + apply more; rewrite (yes eq_refl); exact own_.
      + apply less; specialize (no eq_refl); lia.
  Qed.

  (* A ring that was looked at. *)
  Variables (nth_ : nat) (vs : list (number * number)) (n : word) (r : table vertex) (sums : table Z).
  Definition standing_at (q : standing) : option word := place_at (begins_at c) nth_ n r q.
  Hypothesis ring_here : ground_of c = Ring vs n r sums.
  Hypothesis number_here : number_of c = nth_.
  Hypothesis length_is : Uint63.to_Z n = Z.of_nat (length vs).
  Hypothesis convex_ring : left_turns (at_place r) (Uint63.to_Z n).
  Hypothesis spots_are : forall p x, find p r = Some x -> is_spot (up_q l) x.
  Hypothesis sums_are : forall p, Uint63.to_Z p <= Uint63.to_Z n ->
    number_at p sums = Z.of_nat (lower p (select (fun q => is_some (standing_at q)) (fun q => nth nth_ (places q) 0%uint63) queries)).

  Lemma place_is : forall q, In q queries -> exists p x, stand_in c q = Some (Place p) /\ p = nth nth_ (places q) 0%uint63
    /\ is_some (standing_at q) = true /\ Uint63.to_Z p < Uint63.to_Z n /\ find p r = Some x
    /\ columns (begins_at c) 2 (numbers (q_row q)) = [vx x; vy x].
  Proof.
    intros q hq; pose proof (stands q hq) as st; unfold stand_in, standing_at in *; rewrite ring_here, number_here in *.
    destruct (place_at (begins_at c) nth_ n r q) as [p |] eqn:e; [| discriminate]; unfold place_at in e.
    set (p' := nth nth_ (places q) 0%uint63) in *; destruct (find p' r) as [x |] eqn:f; [| discriminate].
    destruct (columns (begins_at c) 2 (numbers (q_row q))) as [| x1 [| x2 [|]]]; try discriminate.
    destruct (_ && _) eqn:g in e; [| discriminate]; injection e as <-; apply andb_prop in g; destruct g as [g less].
    apply andb_prop in g; destruct g as [g1 g2]; apply same_number_is in g1, g2; subst x1 x2; apply Uint63.ltb_spec in less.
    exists p', x; repeat split; auto.
  Qed.

  Variables a b : Z.
  Hypothesis two_are : ws = [a; b].

  Lemma height_tells : forall q p x, In q queries -> find p r = Some x ->
    columns (begins_at c) 2 (numbers (q_row q)) = [vx x; vy x] ->
    (0 < height a b rest false x -> good_sides l (q_row q) (d_row v) true)
    /\ (height a b rest false x < 0 -> good_sides l (q_row q) (d_row v) false).
  Proof.
    intros q p x hq hx hc; unfold height; destruct (spots_are p x hx) as [X Y].
    rewrite ring_here in inside_ok, block_is; cbn [width_of] in inside_ok, block_is.
    apply (sides l cs q (d_row v) (begins_at c) 2 rest _ (good q hq) scale_ok inside_ok rest_ok); rewrite hc.
    rewrite two_are in block_is; rewrite <- (wholes_product (up_q l) (up_v l) [vx x; vy x] _ [fst (spot x); snd (spot x)] [a; b]);
      [| cbn [wholes]; rewrite X, Y; reflexivity | exact block_is].
    cbn [dot]; replace (a * fst (spot x) + b * snd (spot x)) with (fst (spot x) * a + (snd (spot x) * b + 0)) by ring; reflexivity.
  Qed.

  Definition value_at (turned : bool) (i : Z) : Z :=
    let z := a * fst (at_place r i) + b * snd (at_place r i) + rest in if turned then - z else z.

  Lemma above_is : forall turned w, above a b rest turned r w = true -> 0 < value_at turned (Uint63.to_Z w).
  Proof.
    intros turned w h; unfold above, value_at, height in *; destruct (find w r) as [x |] eqn:f; [| discriminate].
    rewrite (at_place_is r w x f); apply Z.ltb_lt in h; exact h.
  Qed.

  Lemma value_is_height : forall turned w x, find w r = Some x -> value_at turned (Uint63.to_Z w) = height a b rest turned x.
  Proof. intros turned w x f; unfold value_at, height; rewrite (at_place_is r w x f); reflexivity. Qed.

  Lemma cut_by_line : forall turned low high,
    (low <=? high)%uint63 = true -> (high <? n)%uint63 = true ->
    above a b rest turned r low = true -> above a b rest turned r high = true ->
    above a b rest (negb turned) r (if (low =? 0)%uint63 then (n - 1)%uint63 else (low - 1)%uint63) = true ->
    above a b rest (negb turned) r (if (high =? n - 1)%uint63 then 0%uint63 else (high + 1)%uint63) = true ->
    forall w, Uint63.to_Z w < Uint63.to_Z n ->
    (between low high w = true -> 0 < value_at turned (Uint63.to_Z w)) /\ (between low high w = false -> value_at turned (Uint63.to_Z w) < 0).
  Proof.
    intros turned lo hi lh hn al ah ab aa w hw; apply Uint63.leb_spec in lh; apply Uint63.ltb_spec in hn.
    apply above_is in al, ah, ab, aa.
    pose proof (Uint63.to_Z_bounded lo) as bl; pose proof (Uint63.to_Z_bounded w) as bw; pose proof (Uint63.to_Z_bounded n) as bn.
    pose proof (Uint63.to_Z_bounded hi) as bh.
    assert (forall x, 0 < Uint63.to_Z x -> Uint63.to_Z (x - 1) = Uint63.to_Z x - 1) as one_down.
    { intros x h; pose proof (Uint63.to_Z_bounded x); rewrite Uint63.sub_spec; change (Uint63.to_Z 1) with 1; apply Z.mod_small; lia. }
    assert (forall i, value_at (negb turned) i = - value_at turned i) as opposite
      by (intro i; unfold value_at; destruct turned; cbn [negb]; lia).
    rewrite opposite in ab, aa.
    assert (Uint63.to_Z (if (lo =? 0)%uint63 then (n - 1)%uint63 else (lo - 1)%uint63) = before (Uint63.to_Z n) (Uint63.to_Z lo)) as eb.
    { unfold before; destruct (lo =? 0)%uint63 eqn:z.
      - apply eq_word in z; subst lo; change (Uint63.to_Z 0) with 0; apply one_down; lia.
      - assert (Uint63.to_Z lo <> 0) by (intro e; apply (Uint63.to_Z_inj lo 0) in e; subst lo; discriminate).
        destruct (Z.eqb_spec (Uint63.to_Z lo) 0); [lia | apply one_down; lia]. }
    assert (Uint63.to_Z (if (hi =? n - 1)%uint63 then 0%uint63 else (hi + 1)%uint63) = after (Uint63.to_Z n) (Uint63.to_Z hi)) as ea.
    { unfold after; destruct (hi =? n - 1)%uint63 eqn:z.
      - apply eq_word in z; subst hi; rewrite one_down, Z.eqb_refl by lia; reflexivity.
      - destruct (Z.eqb_spec (Uint63.to_Z hi) (Uint63.to_Z n - 1)) as [e | e]; [| apply (one_up hi n); lia].
        rewrite <- one_down in e by lia; apply Uint63.to_Z_inj in e; subst hi; rewrite Uint63.eqb_refl in z; discriminate. }
    rewrite eb in ab; rewrite ea in aa.
    destruct (cut (at_place r) (Uint63.to_Z n) convex_ring (value_at turned)
      (if turned then - a else a) (if turned then - b else b) (if turned then - rest else rest)
      ltac:(intros i _; unfold value_at; destruct turned; ring)
      (Uint63.to_Z lo) (Uint63.to_Z hi) ltac:(lia) ltac:(lia) al ah ltac:(lia) ltac:(lia) (Uint63.to_Z w) ltac:(lia)) as [inside_ outside_].
    unfold between; split; intro h.
    - apply andb_prop in h; destruct h as [h1 h2]; apply Uint63.leb_spec in h1, h2; apply inside_; lia.
    - apply outside_; intros [h1 h2]; apply Uint63.leb_spec in h1, h2; rewrite h1, h2 in h; discriminate.
  Qed.

  Lemma ring_is_right : forall t k, in_ring a b rest vs n r sums (how_many queries 0) v = Some (t, k) -> tells_sides t k.
  Proof.
    intros t k h; unfold in_ring in h; destruct (first_place v <=? last_place v)%uint63 eqn:lh.
    - destruct (_ && _) eqn:g in h; [| discriminate]; injection h as <- <-.
      apply andb_prop in g; destruct g as [g aa]; apply andb_prop in g; destruct g as [g ab]; apply andb_prop in g; destruct g as [g ah].
      apply andb_prop in g; destruct g as [hn al].
      pose proof (cut_by_line _ _ _ lh hn al ah ab aa) as sides_; clear al ah ab aa.
      set (t := Between (reversed v) (first_place v) (last_place v)).
      assert (forall q, In q queries -> hit t (stand_in c q) = xorb (reversed v) (between (first_place v) (last_place v) (nth nth_ (places q) 0%uint63))) as hits_.
      { intros q hq; destruct (place_is q hq) as (p & x & st & -> & _); rewrite st; reflexivity. }
      split.
      + pose proof (between_is (first_place v) (last_place v) n
          (select (fun q => is_some (standing_at q)) (fun q => nth nth_ (places q) 0%uint63) queries) lh ltac:(apply Uint63.ltb_spec, hn)) as count.
        apply Uint63.leb_spec in lh; apply Uint63.ltb_spec in hn; pose proof (one_up _ _ hn) as up.
        rewrite <- !sums_are in count by lia; rewrite <- count, how_many_0.
        rewrite (filter_permuted _ _ _ (select_is _ _ _)), (filter_all (fun q => is_some (standing_at q)) queries) by (intros q hq; destruct (place_is q hq) as (p & x & _ & _ & e & _); exact e).
        rewrite filter_map, map_length.
        assert (forall A (f g : A -> bool) xs, (forall x, In x xs -> f x = g x) -> length (filter f xs) = length (filter g xs)) as same_length.
        { clear; intros A f g xs; induction xs as [| x xs IH]; intro e; [reflexivity |]; cbn [filter].
          rewrite (e x (or_introl eq_refl)); destruct (g x); cbn [length]; rewrite IH by (intros y hy; apply e; right; exact hy); reflexivity. }
        rewrite (same_length _ _ _ queries hits_); clear; induction queries as [| q rest_ IH]; [destruct (reversed v); reflexivity |].
        cbn [filter length]; destruct (reversed v), (between (first_place v) (last_place v) (nth nth_ (places q) 0%uint63)); cbn [xorb length] in *; lia.
      + intros q hq; rewrite (hits_ q hq); destruct (place_is q hq) as (p & x & _ & <- & _ & less & f & cols).
        destruct (height_tells q p x hq f cols) as [more fewer]; destruct (sides_ p less) as [inside_ outside_].
        rewrite !(value_is_height _ p x f) in *; unfold height in *.
        destruct (between (first_place v) (last_place v) p), (reversed v); cbn [xorb];
          (apply more || apply fewer); (specialize (inside_ eq_refl) || specialize (outside_ eq_refl)); lia.
    - assert (forall turned, all_along vs 0%uint63 (above a b rest turned r) = true ->
        forall q, In q queries -> good_sides l (q_row q) (d_row v) (negb turned)) as all.
      { intros turned hall q hq; destruct (place_is q hq) as (p & x & _ & _ & _ & less & f & cols).
        pose proof (all_along_is vs _ _ hall p) as e; change (Uint63.to_Z 0) with 0 in e; pose proof (Uint63.to_Z_bounded p).
        specialize (e ltac:(lia)); unfold above in e; rewrite f in e; apply Z.ltb_lt in e.
        destruct (height_tells q p x hq f cols) as [more fewer]; unfold height in *; destruct turned; cbn [negb]; [apply fewer | apply more]; lia. }
      destruct (all_along vs _ (above a b rest false r)) eqn:yes.
      { injection h as <- <-; exact (constant true (all false yes)). }
      destruct (all_along vs _ (above a b rest true r)) eqn:no; [| discriminate].
      injection h as <- <-; exact (constant false (all true no)).
  Qed.
End Target.
