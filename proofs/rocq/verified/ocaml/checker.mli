(* Extracted from the proofs beside it by `make verified`; not to be edited. *)


val negb : bool -> bool

type nat =
| O
| S of nat

val fst : ('a1 * 'a2) -> 'a1

val snd : ('a1 * 'a2) -> 'a2

val length : 'a1 list -> nat

type comparison =
| Eq
| Lt
| Gt

val compOpp : comparison -> comparison

val add : nat -> nat -> nat

val mul : nat -> nat -> nat

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

module Nat :
 sig
  val eqb : nat -> nat -> bool

  val leb : nat -> nat -> bool

  val ltb : nat -> nat -> bool
 end

module Pos :
 sig
  val succ : positive -> positive

  val add : positive -> positive -> positive

  val add_carry : positive -> positive -> positive

  val pred_double : positive -> positive

  val mul : positive -> positive -> positive

  val iter : ('a1 -> 'a1) -> 'a1 -> positive -> 'a1

  val compare_cont : comparison -> positive -> positive -> comparison

  val compare : positive -> positive -> comparison

  val eqb : positive -> positive -> bool

  val of_succ_nat : nat -> positive
 end

module Z :
 sig
  val double : z -> z

  val succ_double : z -> z

  val pred_double : z -> z

  val pos_sub : positive -> positive -> z

  val add : z -> z -> z

  val opp : z -> z

  val sub : z -> z -> z

  val mul : z -> z -> z

  val pow_pos : z -> positive -> z

  val pow : z -> z -> z

  val compare : z -> z -> comparison

  val leb : z -> z -> bool

  val ltb : z -> z -> bool

  val eqb : z -> z -> bool

  val abs : z -> z

  val of_nat : nat -> z
 end

val rev_append : 'a1 list -> 'a1 list -> 'a1 list

val map : ('a1 -> 'a2) -> 'a1 list -> 'a2 list

val fold_left : ('a1 -> 'a2 -> 'a1) -> 'a2 list -> 'a1 -> 'a1

val forallb : ('a1 -> bool) -> 'a1 list -> bool

val firstn : nat -> 'a1 list -> 'a1 list

val skipn : nat -> 'a1 list -> 'a1 list

val seq : nat -> nat -> nat list

val size : nat

val is_zero : int -> bool

val is_even : int -> bool

val opp0 : int -> int

val to_Z_rec : nat -> int -> z

val to_Z : int -> z

val min_int : int

val to_Z0 : int -> z

module PositiveMap :
 sig
  type key = positive

  type 'a tree =
  | Leaf
  | Node of 'a tree * 'a option * 'a tree

  type 'a t = 'a tree

  val empty : 'a1 t

  val find : key -> 'a1 t -> 'a1 option

  val add : key -> 'a1 -> 'a1 t -> 'a1 t
 end

val half : z

val within : int -> int -> bool

val top : int

val shifts : int -> int -> bool

type number = int * int

type row = { id : int; scale : number; numbers : number list }

val bits : nat -> int -> positive

val key0 : int -> positive

type 'a table = 'a PositiveMap.t

val find0 : int -> 'a1 table -> 'a1 option

val put : int -> 'a1 -> 'a1 table -> 'a1 table

val empty0 : 'a1 table

val list_at : int -> int list table -> int list

val add_pair : int list table -> (int * int) -> int list table

val by_first : (int * int) list -> int list table

val merge : int list -> int list -> int list

val gather : int list table -> int list -> int list -> int list option

val climb :
  int list table -> int list -> int list table -> int list table option

val ancestors : (int * int) list -> int list -> int list table option

val judgments : (int * int) list -> int list -> int list table

val dot : z list -> z list -> z

type cells =
| End
| One of int * cells
| Four of int * int * int * int * cells

val cells_of : int list -> cells

val word_product : int -> cells -> cells -> int

val f : z -> z

val reach : z -> nat -> z

val spill : z -> nat -> z

type fields = { how_many : nat; width : int }

val fields_are_good : fields -> bool

val front_word : int -> int list -> int

val power_word : int -> nat -> int

val back_word : int -> nat -> int list -> int

val groups : nat -> nat -> int list -> int list list

val pack_front : fields -> int list -> cells

val pack_back : fields -> int list -> cells

val lowest : fields -> z

val one : number

val power : z -> number -> number -> z

val scaled : z -> number -> number -> z

val whole : z -> number -> row -> z list

val size0 : number -> z

val of_bool : bool -> z

val near_in_Z : int -> number -> bool -> number -> number -> int -> bool

val small : int

val fits : int -> int -> bool

val near_in_words : int -> number -> bool -> number -> number -> int -> bool

val stands_for : int -> number -> bool -> number -> number -> int -> bool

type level = { packing_ : fields; low : int; more : int; free : bool;
               blur : bool list; most_q : int list; most_v : int list;
               flat_q : int; flat_v : int; room_q : int; room_v : int }

type form = { unit_ : number; entries : int list; slack : int; room : int }

type hinted = { stored : row; extra : number; lift : int; forms : form list }

val count : bool list -> z

val below : level -> z

val level_is_good : level -> bool

val all_stand :
  int -> number -> bool list -> number -> number list -> int list -> bool

val bounded : int list -> int list -> bool

val spends : bool list -> int list -> int -> bool

val form_is_good :
  level -> int list -> int -> int -> bool -> int -> hinted -> form -> bool

val query_form_is_good : level -> int -> hinted -> form -> bool

val document_form_is_good : level -> int -> hinted -> form -> bool

type ready = { row_ : row; extra_ : number; lift_ : int;
               packs : (cells * int) list }

val in_Z : ready -> ready -> comparison

val sign_by :
  (cells * int) list -> (cells * int) list -> ready -> ready -> comparison

val sign : ready -> ready -> comparison

val pack :
  (level -> form -> bool) -> (fields -> int list -> cells) -> level list ->
  form list -> (cells * int) list option

val is_whole_in_Z : hinted -> bool

val prepare :
  (level -> int -> hinted -> form -> bool) -> (fields -> int list -> cells)
  -> level list -> hinted -> ready option

val prepare_query : level list -> hinted -> ready option

val prepare_document : level list -> hinted -> ready option

type library = { from : int option; blocks : ready list list }

val no_documents : library

val prepare_block : level list -> hinted list -> ready list option

val ids_increase : ready list -> int option -> bool

val add_documents : level list -> hinted list -> library -> library option

type state = { found : int list; wrong : int list }

val scan : ready -> ready list -> int list -> int list -> state

val scan_all : (ready * state) list -> ready list -> (ready * state) list

val sweep : ready list list -> (ready * state) list -> (ready * state) list

val start :
  level list -> int list table -> hinted list -> (ready * state) list option

val finish : (ready * state) list -> (int * int list) list option

val check :
  level list -> int list table -> library -> hinted list -> (int * int list)
  list option

val all_right : (int * int list) list -> bool

val merge_onto : bool -> int list -> int list -> int list -> int list

val merge_pairs : bool -> int list list -> int list list -> int list list

val merge_all : nat -> bool -> int list list -> int list

val in_order : int list -> bool

val sort : int list -> int list

val walk : int list -> int list -> z -> z -> z

val pairs_below : int list -> int list -> z option

val inside : int -> int -> int -> bool

val is_int : number -> bool

val int_of : number -> int

val ints : row -> int list

val is_whole_row : row -> bool

type mark = { class0 : nat; left : int; right : int }

type document = { v_row : row; v_mark : mark }

val close : int -> bool

val query_row : int list -> bool

val document_rest : int -> int list -> bool

val document_row : nat -> int -> int -> int list -> bool

val position : nat -> int list -> int

val place : nat -> row -> int

val matches : mark -> row -> bool

val good_query : nat -> row -> bool

val good_document : nat -> nat -> document -> bool

val select : ('a1 -> bool) -> ('a1 -> int) -> 'a1 list -> int list

val in_class : nat -> document -> bool

val matches_of_class : row list -> document list -> nat -> z option

val matches_of_classes : row list -> document list -> nat list -> z option

val lay : mark table -> document -> mark table

val how_many0 : 'a1 list -> z -> z

val rising : int -> int list -> bool

val strictly : int list -> bool

val ids_rise : ('a1 -> int) -> 'a1 list -> bool

val good_ancestors : int list table -> mark table -> row -> bool

val check_cover : nat -> int list table -> row list -> document list -> bool
