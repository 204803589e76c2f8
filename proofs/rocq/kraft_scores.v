(* Scores of codes: 1 if the query's code begins with the document's, else at most -1.

   A code is a list of bits, at most h of them, and stands in h coordinates: a query's bits as 1 and
   -1, a document's as 2 and -2, zeros beyond the end of either.  One more coordinate, 1 for
   queries, has 1 - 2n for a document's code of n bits.
   Proved: the score.
   Used for: kraft_tree.v, kraft_classes.v.
   Not here: the power of two by which hrgeom/constructions/_kraft_trie.py shifts the last
   coordinate in float types, and its further coordinates where int8 does not hold it. *)

Require Import ZArith List Lia Arith trees vectors.
Import ListNotations.
Local Open Scope Z_scope.

Definition sign (b : bool) : Z := if b then 1 else -1.
Definition zeros (n : nat) : list Z := repeat 0 n.

Definition query_block (h : nat) (y : list bool) : list Z := map sign y ++ zeros (h - length y).
Definition document_block (h : nat) (c : list bool) : list Z :=
  map (fun b => 2 * sign b) c ++ zeros (h - length c).
Definition last (c : list bool) : Z := 1 - 2 * Z.of_nat (length c).

(* Coordinates of both that agree less those that do not. *)
Fixpoint agreement (y c : list bool) : Z :=
  match y, c with
  | a :: y', b :: c' => sign a * sign b + agreement y' c'
  | _, _ => 0
  end.

Lemma zeros_left : forall n b, dot (zeros n) b = 0.
Proof. induction n; intros [| y b]; cbn; auto; rewrite IHn; reflexivity. Qed.

Lemma zeros_right : forall n a, dot a (zeros n) = 0.
Proof. induction n; intros [| x a]; cbn; auto; rewrite IHn; lia. Qed.

Lemma dot_of_codes : forall y c m n,
  dot (map sign y ++ zeros m) (map (fun b => 2 * sign b) c ++ zeros n) = 2 * agreement y c.
Proof.
  induction y as [| a y IH]; intros c m n; [apply zeros_left |].
  destruct c as [| b c]; [apply zeros_right |].
  cbn [map app dot agreement]; rewrite IH; lia.
Qed.

Lemma agreement_with_prefix : forall c y, prefix c y -> agreement y c = Z.of_nat (length c).
Proof.
  induction c as [| b c IH]; intros [| a y] h; cbn [agreement length prefix] in *; try tauto.
  destruct h as [<- h]; rewrite (IH y h), Nat2Z.inj_succ; destruct b; cbn [sign]; lia.
Qed.

Lemma agreement_at_most : forall c y, agreement y c <= Z.of_nat (length c).
Proof.
  induction c as [| b c IH]; intros [| a y]; cbn [agreement length]; rewrite ?Nat2Z.inj_succ;
    try lia.
  specialize (IH y); destruct a, b; cbn [sign]; lia.
Qed.

Lemma agreement_with_others : forall c y, ~ prefix c y -> agreement y c <= Z.of_nat (length c) - 1.
Proof.
  induction c as [| b c IH]; intros [| a y] h; cbn [agreement length prefix] in *;
    rewrite ?Nat2Z.inj_succ; [tauto | tauto | lia |].
  pose proof (agreement_at_most c y) as most.
  destruct (Bool.bool_dec b a) as [-> | differ].
  - assert (~ prefix c y) as further by tauto; specialize (IH y further); destruct a; cbn [sign];
      lia.
  - destruct a, b; cbn [sign]; try congruence; lia.
Qed.

Lemma length_of_query : forall h y, (length y <= h)%nat -> length (query_block h y) = h.
Proof.
  intros h y short; unfold query_block, zeros; rewrite app_length, map_length, repeat_length; lia.
Qed.

Lemma length_of_document : forall h c, (length c <= h)%nat -> length (document_block h c) = h.
Proof.
  intros h c short; unfold document_block, zeros.
  rewrite app_length, map_length, repeat_length; lia.
Qed.

Lemma entries : forall h y, Forall (fun x => Z.abs x <= 1) (query_block h y)
  /\ Forall (fun x => Z.abs x <= 2) (document_block h y).
Proof.
  intros h y; unfold query_block, document_block, zeros; rewrite !Forall_app; repeat split;
    apply Forall_forall; intros x hx; try (apply repeat_spec in hx; subst; lia);
    apply in_map_iff in hx; destruct hx as (b & <- & _); destruct b; cbn [sign]; lia.
Qed.

Theorem score_of_codes : forall h y c,
  (prefix c y -> dot (query_block h y) (document_block h c) + last c = 1)
  /\ (~ prefix c y -> dot (query_block h y) (document_block h c) + last c <= -1).
Proof.
  intros h y c; unfold query_block, document_block, last; rewrite dot_of_codes; split; intro p.
  - rewrite agreement_with_prefix by exact p; lia.
  - pose proof (agreement_with_others c y p); lia.
Qed.

Print Assumptions score_of_codes.
