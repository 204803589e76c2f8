(* Codes in a tree by their prefixes: how many begin with a word, and whether all others lose enough against it. *)

Require Import ZArith List Lia Bool.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. The tree: at each node, how many codes pass or end. ---- *)

Inductive codes := Leaf | Node (n : Z) (yes no : codes).
Definition number_in (t : codes) : Z := match t with Leaf => 0 | Node n _ _ => n end.
Definition yes_of (t : codes) : codes := match t with Leaf => Leaf | Node _ yes _ => yes end.
Definition no_of (t : codes) : codes := match t with Leaf => Leaf | Node _ _ no => no end.

Fixpoint insert (y : list bool) (t : codes) : codes :=
  match y with
  | [] => Node (number_in t + 1) (yes_of t) (no_of t)
  | true :: y' => Node (number_in t + 1) (insert y' (yes_of t)) (no_of t)
  | false :: y' => Node (number_in t + 1) (yes_of t) (insert y' (no_of t))
  end.

Definition tails (b : bool) (ys : list (list bool)) : list (list bool) :=
  flat_map (fun y => match y with c :: y' => if Bool.eqb c b then [y'] else [] | [] => [] end) ys.

Fixpoint represents (t : codes) (ys : list (list bool)) : Prop :=
  match t with
  | Leaf => ys = []
  | Node n yes no => n = Z.of_nat (length ys) /\ represents yes (tails true ys) /\ represents no (tails false ys)
  end.

Lemma number_in_is : forall t ys, represents t ys -> number_in t = Z.of_nat (length ys).
Proof. intros [| n yes no] ys h; cbn in *; [subst; reflexivity | tauto]. Qed.

Lemma parts : forall t ys, represents t ys -> represents (yes_of t) (tails true ys) /\ represents (no_of t) (tails false ys).
Proof. intros [| n yes no] ys h; cbn in *; [subst; split; reflexivity | tauto]. Qed.

Lemma insert_is : forall y t ys, represents t ys -> represents (insert y t) (y :: ys).
Proof.
  induction y as [| b y IH]; intros t ys h; pose proof (number_in_is t ys h) as n; destruct (parts t ys h) as [hy hn].
  - cbn [insert represents]; split; [rewrite n; cbn [length]; lia |]; split; assumption.
  - destruct b; cbn [insert represents]; (split; [rewrite n; cbn [length]; lia |]); cbn [tails flat_map Bool.eqb app];
      split; try assumption; apply IH; assumption.
Qed.

Lemma total_of_parts : forall ys, (length (tails true ys) + length (tails false ys) <= length ys)%nat.
Proof.
  induction ys as [| [| [|] ys'] ys IH]; cbn [tails flat_map Bool.eqb app length] in *; unfold tails in *; lia.
Qed.

Lemma none_ends : forall ys, (length ys <= length (tails true ys) + length (tails false ys))%nat -> ~ In [] ys.
Proof.
  induction ys as [| y ys IH]; intros h i; [destruct i |].
  pose proof (total_of_parts ys) as most.
  destruct y as [| [|] y]; cbn [tails flat_map Bool.eqb app length] in h; unfold tails in *; [lia | |];
    (destruct i as [i | i]; [discriminate | apply IH; [lia | exact i]]).
Qed.

Lemma in_tails : forall b y ys, In (b :: y) ys -> In y (tails b ys).
Proof. intros b y ys i; apply in_flat_map; exists (b :: y); split; [exact i |]; rewrite eqb_reflx; left; reflexivity. Qed.

(* ---- 2. Weights against codes. ---- *)

Fixpoint agreement (y : list bool) (ws : list Z) : Z :=
  match y, ws with b :: y', w :: ws' => (if b then w else - w) + agreement y' ws' | _, _ => 0 end.

Fixpoint size_of (ws : list Z) : Z := match ws with [] => 0 | w :: ws' => Z.abs w + size_of ws' end.

(* The signs of the weights as far as they go. *)
Fixpoint word_of (ws : list Z) : list bool :=
  match ws with [] => [] | w :: ws' => if w =? 0 then [] else (0 <? w) :: word_of ws' end.

Fixpoint begins (word y : list bool) : bool :=
  match word, y with
  | [], _ => true
  | a :: word', b :: y' => if Bool.eqb a b then begins word' y' else false
  | _ :: _, [] => false
  end.

Lemma agreement_at_most : forall ws y, agreement y ws <= size_of ws.
Proof.
  assert (forall ws, 0 <= size_of ws) as positive by (induction ws; cbn [size_of]; lia).
  induction ws as [| w ws IH]; intros [| b y]; cbn [agreement size_of]; try (specialize (positive ws); lia); try lia.
  specialize (IH y); destruct b; lia.
Qed.

Lemma nothing_left : forall ws, forallb (Z.eqb 0) ws = true -> size_of ws = 0 /\ forall y, agreement y ws = 0.
Proof.
  induction ws as [| w ws IH]; intro h; [split; [reflexivity | intros [|]; reflexivity] |].
  cbn [forallb] in h; apply andb_prop in h; destruct h as [z h]; apply Z.eqb_eq in z; subst.
  destruct (IH h) as [e all]; split; [cbn [size_of]; lia |]; intros [| b y]; [reflexivity |].
  cbn [agreement]; rewrite all; destruct b; reflexivity.
Qed.

(* How many codes begin with the word; None if one of the others reaches as much as the word's own less `need`. *)
Fixpoint walk (t : codes) (ws : list Z) (need rest : Z) {struct ws} : option Z :=
  match ws with
  | [] => Some (number_in t)
  | w :: ws' =>
      if w =? 0 then if forallb (Z.eqb 0) ws' then Some (number_in t) else None
      else
        match t with
        | Leaf => Some 0
        | Node n yes no =>
            let other := if 0 <? w then number_in no else number_in yes in
            if (if number_in yes + number_in no <? n then need <? rest else true)
               && (if other =? 0 then true else need <? 2 * Z.abs w)
            then walk (if 0 <? w then yes else no) ws' need (rest - Z.abs w)
            else None
        end
  end.

Lemma begin_with : forall b word ys, length (filter (begins (b :: word)) ys) = length (filter (begins word) (tails b ys)).
Proof.
  intros b word ys; induction ys as [| [| c y] ys IH]; [reflexivity | exact IH |].
  change (tails b ((c :: y) :: ys)) with ((if Bool.eqb c b then [y] else []) ++ tails b ys).
  cbn [filter]; change (begins (b :: word) (c :: y)) with (if Bool.eqb b c then begins word y else false).
  replace (Bool.eqb c b) with (Bool.eqb b c) by (destruct b, c; reflexivity).
  destruct (Bool.eqb b c); [| exact IH]; cbn [app filter]; destruct (begins word y); cbn [length]; [f_equal |]; exact IH.
Qed.

Lemma all_begin : forall ys, filter (begins []) ys = ys.
Proof. induction ys as [| y ys IH]; [reflexivity |]; cbn [filter begins]; f_equal; exact IH. Qed.

Theorem walk_is : forall ws t ys need n, represents t ys -> walk t ws need (size_of ws) = Some n ->
  n = Z.of_nat (length (filter (begins (word_of ws)) ys))
  /\ forall y, In y ys ->
       (begins (word_of ws) y = true -> agreement y ws = size_of ws)
       /\ (begins (word_of ws) y = false -> agreement y ws + need < size_of ws).
Proof.
  induction ws as [| w ws IH]; intros t ys need n h e; cbn [walk word_of] in *.
  - injection e as <-; rewrite all_begin, (number_in_is t ys h); split; [reflexivity |].
    intros y _; split; [intros _; destruct y; reflexivity | discriminate].
  - destruct (Z.eqb_spec w 0) as [-> | some].
    { destruct (forallb (Z.eqb 0) ws) eqn:z; [| discriminate]; injection e as <-; rewrite all_begin, (number_in_is t ys h).
      split; [reflexivity |]; intros y _; split; [intros _ | discriminate].
      apply nothing_left in z; destruct z as [z all]; cbn [size_of]; rewrite z; destruct y as [| b y]; [reflexivity |].
      cbn [agreement]; rewrite all; destruct b; reflexivity. }
    destruct t as [| m yes no].
    { cbn [represents] in h; subst; injection e as <-; split; [reflexivity | intros y []]. }
    destruct (_ && _) eqn:guard in e; [| discriminate]; apply andb_prop in guard; destruct guard as [ends other].
    cbn [represents] in h; destruct h as (hm & hy & hn).
    pose proof (number_in_is _ _ hy) as cy; pose proof (number_in_is _ _ hn) as cn.
    cbn [size_of] in *; replace (Z.abs w + size_of ws - Z.abs w) with (size_of ws) in e by lia.
    assert (represents (if 0 <? w then yes else no) (tails (0 <? w) ys)) as mine by (destruct (0 <? w); assumption).
    destruct (IH _ _ _ _ mine e) as [count each]; rewrite begin_with; split; [exact count |].
    intros y hy'; destruct y as [| b y].
    + split; [discriminate |]; intros _; cbn [agreement].
      destruct (_ <? m) eqn:some_end in ends; [apply Z.ltb_lt in ends; lia |]; apply Z.ltb_ge in some_end.
      exfalso; apply (none_ends ys); [lia | exact hy'].
    + cbn [begins agreement]; destruct (Bool.eqb (0 <? w) b) eqn:same.
      * apply eqb_prop in same; subst b; destruct (each y (in_tails _ _ _ hy')) as [yes_ no_].
        assert ((if 0 <? w then w else - w) = Z.abs w) as -> by (destruct (Z.ltb_spec 0 w); lia).
        split; intro g; [rewrite (yes_ g); reflexivity | specialize (no_ g); lia].
      * split; [discriminate |]; intros _; pose proof (agreement_at_most ws y).
        assert (b = negb (0 <? w)) as -> by (destruct (0 <? w), b; (reflexivity || discriminate)).
        pose proof (in_tails _ _ _ hy') as there.
        assert (need < 2 * Z.abs w) as more.
        { assert (forall l : list (list bool), In y l -> Z.of_nat (length l) = 0 -> False) as empty
            by (intros [| x l] i z; [destruct i | cbn [length] in z; lia]).
          destruct (Z.ltb_spec 0 w); cbn [negb] in there; [rewrite cn in other | rewrite cy in other];
            (destruct (_ =? 0) eqn:z in other; [apply Z.eqb_eq in z; destruct (empty _ there z) | apply Z.ltb_lt in other; exact other]). }
        destruct (Z.ltb_spec 0 w); cbn [negb]; lia.
Qed.
