(* The checker of tries and of convex polygons side by side, which visits no pair.

   The documents of a part have numbers in the columns of the part and in the shared columns, where all queries have the
   same numbers.  Checked: each row by itself, one comparison for each relevant pair, and one sum.  Then all pairs are right. *)

Require Import ZArith QArith List Lia Bool Permutation.
From Coq Require Import Uint63 Sint63.
From Verified Require Import words statement relevance packing levels counting columns convex rings prefixes.
Import ListNotations.
Open Scope Z_scope.

(* ---- 1. Classes, and where queries stand in them.  All but rows are hints. ---- *)

Inductive kind := Trie (width : nat) (unit : number) | Polygon (vertices : list (number * number)).
Record part := Part { from_column : nat; kind_of : kind }.

Record standing := Standing { q_row : row; places : list word }. (* at the polygons, part by part *)
Inductive stand := Code (y : list bool) | Place (p : word).

Record layout := Layout {
  own : nat;               (* the columns before the shared ones *)
  shared : list number;    (* what all queries have there *)
  up_q : Z; up_v : Z;      (* powers of 2 that make numbers whole *)
  minus_t : number         (* minus the threshold *)
}.

(* A part that was looked at: codes in a tree, or vertices and sums of queries. *)
Inductive ground :=
| Bits (width : nat) (unit : number) (t : codes)
| Ring (vertices : list (number * number)) (n : word) (r : table vertex) (sums : table Z).
Record ready_part := Ready_part { number_of : nat; begins_at : nat; ground_of : ground }.

Fixpoint code_of (u : number) (xs : list number) : option (list bool) :=
  match xs with
  | [] => Some []
  | x :: rest =>
      if is_zero x then if forallb is_zero rest then Some [] else None
      else if (snd x =? snd u)%uint63 then
        if (fst x =? fst u)%uint63 then option_map (cons true) (code_of u rest)
        else if (fst x =? 0 - fst u)%uint63 then option_map (cons false) (code_of u rest) else None
      else None
  end.

Definition same_number (x y : number) : bool := (fst x =? fst y)%uint63 && (snd x =? snd y)%uint63.

Definition code_at (from width : nat) (u : number) (q : standing) : option (list bool) :=
  code_of u (columns from width (numbers (q_row q))).

Definition place_at (from c : nat) (n : word) (r : table vertex) (q : standing) : option word :=
  let p := nth c (places q) 0%uint63 in
  match find p r, columns from 2 (numbers (q_row q)) with
  | Some v, [x; y] => if same_number x (vx v) && same_number y (vy v) && (p <? n)%uint63 then Some p else None
  | _, _ => None
  end.

Definition stand_in (c : ready_part) (q : standing) : option stand :=
  match ground_of c with
  | Bits width u _ => option_map Code (code_at (begins_at c) width u q)
  | Ring _ n r _ => option_map Place (place_at (begins_at c) (number_of c) n r q)
  end.

(* ---- 2. Documents: which queries they hit. ---- *)

(* Hints; an interval of places for a polygon, or all but these. *)
Record marked := Marked { d_row : row; at_part : nat; reversed : bool; first_place : word; last_place : word }.

Inductive target := Always | Never | Begins (w : list bool) | Between (reversed : bool) (low high : word).

Definition hit (t : target) (s : option stand) : bool :=
  match t, s with
  | Always, _ => true
  | Never, _ => false
  | Begins w, Some (Code y) => begins w y
  | Between reversed low high, Some (Place p) => xorb reversed (between low high p)
  | _, _ => false
  end.

Definition rest_of (l : layout) (xs : list number) : option Z :=
  match wholes (up_q l) (shared l), wholes (up_v l) (skipn (own l) xs), whole_at (up_q l + up_v l) (minus_t l) with
  | Some a, Some b, Some t => Some (dot a b + t)
  | _, _, _ => None
  end.

Definition width_of (g : ground) : nat := match g with Bits width _ _ => width | Ring _ _ _ _ => 2%nat end.

Definition in_trie (l : layout) (u : number) (t : codes) (ws : list Z) (rest : Z) : option (target * Z) :=
  match whole_at (up_q l) u with
  | Some U =>
      let weights := map (Z.mul U) ws in
      let size := size_of weights in
      if 0 <? size + rest then
        match walk t weights (size + rest) size with Some n => Some (Begins (word_of weights), n) | None => None end
      else None
  | None => None
  end.

Definition height (a b rest : Z) (reversed : bool) (v : vertex) : Z :=
  let z := a * fst (spot v) + b * snd (spot v) + rest in if reversed then - z else z.

Definition above (a b rest : Z) (reversed : bool) (r : table vertex) (p : word) : bool :=
  match find p r with Some v => 0 <? height a b rest reversed v | None => false end.

Definition in_ring (a b rest : Z) {A} (vs : list A) (n : word) (r : table vertex) (sums : table Z) (all : Z) (v : marked)
  : option (target * Z) :=
  let ok := above a b rest in
  let before_ := if (first_place v =? 0)%uint63 then (n - 1)%uint63 else (first_place v - 1)%uint63 in
  let after_ := if (last_place v =? n - 1)%uint63 then 0%uint63 else (last_place v + 1)%uint63 in
  if (first_place v <=? last_place v)%uint63 then
    if (last_place v <? n)%uint63 && ok (reversed v) r (first_place v) && ok (reversed v) r (last_place v)
       && ok (negb (reversed v)) r before_ && ok (negb (reversed v)) r after_
    then
      let inside_ := number_at (last_place v + 1)%uint63 sums - number_at (first_place v) sums in
      Some (Between (reversed v) (first_place v) (last_place v), if reversed v then all - inside_ else inside_)
    else None
  else if all_along vs 0%uint63 (ok false r) then Some (Always, all)
  else if all_along vs 0%uint63 (ok true r) then Some (Never, 0)
  else None.

Definition target_of (l : layout) (cs : list ready_part) (all : Z) (v : marked) : option (target * Z) :=
  match nth_error cs (at_part v) with
  | None => None
  | Some c =>
      let xs := numbers (d_row v) in
      if good_scale (minus_t l) (d_row v) && only_in (begins_at c) (width_of (ground_of c)) (own l) xs then
        match wholes (up_v l) (columns (begins_at c) (width_of (ground_of c)) xs), rest_of l xs with
        | Some ws, Some rest =>
            if forallb (Z.eqb 0) ws then
              if 0 <? rest then Some (Always, all) else if rest <? 0 then Some (Never, 0) else None
            else
              match ground_of c, ws with
              | Bits _ u t, _ => in_trie l u t ws rest
              | Ring vs n r sums, [a; b] => in_ring a b rest vs n r sums all v
              | _, _ => None
              end
        | _, _ => None
        end
      else None
  end.

(* ---- 3. The checker. ---- *)

Fixpoint same_numbers (a b : list number) : bool :=
  match a, b with
  | [], [] => true
  | x :: a', y :: b' => same_number x y && same_numbers a' b'
  | _, _ => false
  end.

Definition is_some {A} (x : option A) : bool := match x with Some _ => true | None => false end.

Definition good_query (l : layout) (cs : list ready_part) (q : standing) : bool :=
  good_scale (minus_t l) (q_row q) && same_numbers (skipn (own l) (numbers (q_row q))) (shared l)
  && forallb (fun c => is_some (stand_in c q)) cs.

Definition grow (from width : nat) (u : number) (t : codes) (q : standing) : codes :=
  match code_at from width u q with Some y => insert y t | None => t end.

Definition look_at (l : layout) (queries : list standing) (number : nat) (c : part) : option ready_part :=
  match kind_of c with
  | Trie width u =>
      if (0 <? fst u)%sint63
      then Some (Ready_part number (from_column c) (Bits width u (fold_left (grow (from_column c) width u) queries Leaf)))
      else None
  | Polygon vs =>
      match ring_of (up_q l) 0%uint63 vs empty with
      | Some r =>
          let n := Uint63.of_Z (how_many vs 0) in
          let ps := select (fun q => is_some (place_at (from_column c) number n r q)) (fun q => nth number (places q) 0%uint63) queries in
          let counts := fold_left tally ps empty in
          let sums := sums_along vs 0%uint63 0 counts empty in
          if (Uint63.to_Z n =? how_many vs 0) && all_along vs 0%uint63 (turns_left r)
             && (number_at 0%uint63 sums =? 0) && all_along vs 0%uint63 (adds_up counts sums)
          then Some (Ready_part number (from_column c) (Ring vs n r sums))
          else None
      | None => None
      end
  end.

Fixpoint look_at_all (l : layout) (queries : list standing) (number : nat) (cs : list part) : option (list ready_part) :=
  match cs with
  | [] => Some []
  | c :: rest =>
      match look_at l queries number c, look_at_all l queries (S number) rest with
      | Some r, Some rs => Some (r :: rs)
      | _, _ => None
      end
  end.

Record found_target := Found_target { of_class : nat; which : target }.

Definition lay (l : layout) (cs : list ready_part) (all : Z) (sofar : option (table found_target * Z)) (v : marked) :=
  match sofar with
  | Some (m, n) =>
      match target_of l cs all v with
      | Some (t, k) => Some (put (id (d_row v)) (Found_target (at_part v) t) m, n + k)
      | None => None
      end
  | None => None
  end.

Definition hits (cs : list ready_part) (stands : list (option stand)) (t : found_target) : bool :=
  hit (which t) (nth (of_class t) stands None).

Definition good_found (cs : list ready_part) (known : table (list word)) (m : table found_target) (q : standing) : bool :=
  match find (id (q_row q)) known with
  | None => false
  | Some l =>
      let stands := map (fun c => stand_in c q) cs in
      strictly l && forallb (fun a => match find a m with Some t => hits cs stands t | None => false end) l
  end.

Definition check_classes (l : layout) (cs : list part) (known : table (list word)) (queries : list standing)
    (documents : list marked) : bool :=
  match look_at_all l queries 0 cs with
  | None => false
  | Some rs =>
      ids_rise (fun q => id (q_row q)) queries && ids_rise (fun v => id (d_row v)) documents
      && forallb (good_query l rs) queries
      && match fold_left (lay l rs (how_many queries 0)) documents (Some (empty, 0)) with
         | Some (m, n) =>
             forallb (good_found rs known m) queries
             && (n <=? fold_left (fun s q => how_many (list_at (id (q_row q)) known) s) queries 0)
         | None => false
         end
  end.
