(* The height of a tree's trie: at most (H - 1) + log2 of the number of leaves, and at least either.

   `height` is 0 for a leaf, and for other nodes the larger of 1 + the greatest height of a child
   and of log2 of the sum of the 2^height of all children, rounded up.
   Proved: 2^height <= 2^(H - 1) l for H levels and l leaves, and no height is less than H - 1, nor
   2^height less than l.
   Used for: the dimension of kraft_tree.v, which is 1 + the height.
   Not here: that no other trie, and no other code, has a lower one. *)

Require Import List Lia Arith trees kraft_words.
Import ListNotations.

Fixpoint height (t : tree) : nat :=
  match t with
  | Node [] => 0
  | Node cs => Nat.max (S (max_of (map height cs))) (Nat.log2_up (weight (map height cs)))
  end.

Lemma height_of : forall c cs, height (Node (c :: cs)) =
  Nat.max (S (max_of (map height (c :: cs)))) (Nat.log2_up (weight (map height (c :: cs)))).
Proof. reflexivity. Qed.

Lemma children_are_lower : forall cs, Forall (fun x => x < height (Node cs)) (map height cs).
Proof.
  intros [| c cs]; [constructor |]; rewrite height_of.
  apply Forall_forall; intros x inside; pose proof (max_is_largest _ _ inside); lia.
Qed.

Lemma children_fit : forall c cs, weight (map height (c :: cs)) <= 2 ^ height (Node (c :: cs)).
Proof.
  intros c cs; rewrite height_of; set (w := weight _); set (m := S _).
  apply Nat.le_trans with (2 ^ Nat.log2_up w); [| apply Nat.pow_le_mono_r; lia].
  destruct (le_lt_dec w 1) as [small | large].
  - pose proof (Nat.pow_nonzero 2 (Nat.log2_up w)); lia.
  - pose proof (Nat.log2_up_spec w large); lia.
Qed.

Lemma weight_is_less_than_twice : forall w e, e = Nat.log2_up w -> 2 <= w -> 2 ^ e < 2 * w.
Proof.
  intros w e -> large; pose proof (Nat.log2_up_spec w large) as [below _].
  assert (Nat.log2_up w > 0) by (apply Nat.log2_up_pos; lia).
  destruct (Nat.log2_up w) as [| e]; [lia |]; cbn [Nat.pred] in below; rewrite Nat.pow_succ_r'; lia.
Qed.

Lemma sum_of_bounds : forall cs l,
  Forall (fun t => 2 * 2 ^ height t <= 2 ^ levels t * leaves t) cs ->
  (forall t, In t cs -> levels t <= l) ->
  2 * weight (map height cs) <= 2 ^ l * list_sum (map leaves cs).
Proof.
  induction cs as [| t cs IH]; intros l all below; unfold weight in *; simpl; [lia |].
  inversion all as [| ? ? here rest]; subst.
  specialize (IH l rest (fun u h => below u (or_intror h))).
  pose proof (Nat.pow_le_mono_r 2 (levels t) l ltac:(lia) (below t (or_introl eq_refl))).
  nia.
Qed.

Lemma twice : forall t, 2 * 2 ^ height t <= 2 ^ levels t * leaves t.
Proof.
  induction t as [cs all] using tree_induction; destruct cs as [| c cs]; [simpl; lia |].
  assert (leaves (Node (c :: cs)) = list_sum (map leaves (c :: cs))) as total by reflexivity.
  assert (levels (Node (c :: cs)) = S (max_of (map levels (c :: cs)))) as down by reflexivity.
  rewrite height_of, total, down; remember (c :: cs) as ts eqn:some.
  pose proof (sum_of_bounds ts (max_of (map levels ts)) all
    (fun t h => max_is_largest _ _ (in_map levels _ _ h))) as sum.
  assert (2 * 2 ^ S (max_of (map height ts))
    <= 2 ^ S (max_of (map levels ts)) * list_sum (map leaves ts))
    as one.
  { assert (In (max_of (map height ts)) (map height ts)) as found
      by (apply max_is_one_of; rewrite some; discriminate).
    apply in_map_iff in found; destruct found as (t & <- & inside).
    rewrite Forall_forall in all; specialize (all t inside).
    assert (levels t <= max_of (map levels ts)) as deep by (apply max_is_largest, in_map, inside).
    assert (leaves t <= list_sum (map leaves ts)) as part.
    { clear -inside; induction ts as [| u us IH]; simpl in *; [tauto |].
      destruct inside as [-> | inside]; [lia | specialize (IH inside); lia]. }
    pose proof (Nat.pow_le_mono_r 2 _ _ ltac:(lia) deep); rewrite !Nat.pow_succ_r'; nia. }
  destruct (Nat.max_spec (S (max_of (map height ts))) (Nat.log2_up (weight (map height ts))))
    as [[larger ->] | [_ ->]]; [| exact one].
  assert (2 <= weight (map height ts)) as large.
  { destruct (le_lt_dec (weight (map height ts)) 1) as [small |]; [| lia].
    rewrite Nat.log2_up_eqn0 in larger by exact small; lia. }
  pose proof (weight_is_less_than_twice _ _ eq_refl large); rewrite !Nat.pow_succ_r'; nia.
Qed.

Lemma leaves_below : forall t, leaves t <= 2 ^ height t.
Proof.
  induction t as [cs all] using tree_induction; destruct cs as [| c cs]; [simpl; lia |].
  apply Nat.le_trans with (weight (map height (c :: cs))); [| apply children_fit].
  change (leaves (Node (c :: cs))) with (list_sum (map leaves (c :: cs))).
  induction all as [| t ts here _ IH]; [simpl; lia |]; unfold weight in *; simpl in *; lia.
Qed.

Lemma levels_below : forall t, levels t <= S (height t).
Proof.
  induction t as [cs all] using tree_induction; destruct cs as [| c cs]; [simpl; lia |].
  rewrite height_of; change (levels (Node (c :: cs))) with (S (max_of (map levels (c :: cs)))).
  assert (max_of (map levels (c :: cs)) <= S (max_of (map height (c :: cs)))); [| lia].
  induction all as [| t ts here _ IH]; simpl in *; lia.
Qed.

Theorem height_of_a_tree : forall t,
  2 ^ height t <= 2 ^ (levels t - 1) * leaves t
  /\ levels t - 1 <= height t /\ leaves t <= 2 ^ height t.
Proof.
  intro t; pose proof (levels_below t); split; [| split; [lia | apply leaves_below]].
  pose proof (twice t) as h; destruct t as [cs].
  change (levels (Node cs)) with (S (max_of (map levels cs))) in *.
  rewrite Nat.pow_succ_r' in h; replace (S _ - 1) with (max_of (map levels cs)) by lia; nia.
Qed.

Print Assumptions height_of_a_tree.
