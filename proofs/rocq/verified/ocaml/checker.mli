(* Extracted from the proofs beside it by `make verified`; not to be edited. *)


val xorb : bool -> bool -> bool

val negb : bool -> bool

type nat =
| O
| S of nat

val option_map : ('a1 -> 'a2) -> 'a1 option -> 'a2 option

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

val sub : nat -> nat -> nat

type positive =
| XI of positive
| XO of positive
| XH

type z =
| Z0
| Zpos of positive
| Zneg of positive

val eqb : bool -> bool -> bool

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

  val div2 : positive -> positive

  val div2_up : positive -> positive

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

  val div2 : z -> z

  val shiftl : z -> z -> z
 end

val nth : nat -> 'a1 list -> 'a1 -> 'a1

val nth_error : 'a1 list -> nat -> 'a1 option

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

val of_pos_rec : nat -> positive -> int

val of_pos : positive -> int

val of_Z : z -> int

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

val merge_onto : bool -> int list -> int list -> int list -> int list

val merge_pairs : bool -> int list list -> int list list -> int list list

val merge_all : nat -> bool -> int list list -> int list

val in_order : int list -> bool

val sort : int list -> int list

val walk : int list -> int list -> z -> z -> z

val pairs_below : int list -> int list -> z option

val inside : int -> int -> int -> bool

val select : ('a1 -> bool) -> ('a1 -> int) -> 'a1 list -> int list

val how_many0 : 'a1 list -> z -> z

val rising : int -> int list -> bool

val strictly : int list -> bool

val ids_rise : ('a1 -> int) -> 'a1 list -> bool

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

val in_class : nat -> document -> bool

val matches_of_class : row list -> document list -> nat -> z option

val matches_of_classes : row list -> document list -> nat list -> z option

val lay : mark table -> document -> mark table

val good_ancestors : int list table -> mark table -> row -> bool

val check_cover : nat -> int list table -> row list -> document list -> bool

val z_bits : nat -> int -> z

val z_of : int -> z

val whole_at : z -> number -> z option

val wholes : z -> number list -> z list option

val is_zero0 : number -> bool

val columns : nat -> nat -> number list -> number list

val only_in : nat -> nat -> nat -> number list -> bool

val good_scale : number -> row -> bool

type point = z * z

val turn : point -> point -> point -> z

val all_along : 'a1 list -> int -> (int -> bool) -> bool

type vertex = { vx : number; vy : number; spot : point }

val ring_of :
  z -> int -> (number * number) list -> vertex table -> vertex table option

val turns_left : vertex table -> int -> bool

val number_at : int -> z table -> z

val tally : z table -> int -> z table

val sums_along : 'a1 list -> int -> z -> z table -> z table -> z table

val adds_up : z table -> z table -> int -> bool

val between : int -> int -> int -> bool

type codes =
| Leaf0
| Node0 of z * codes * codes

val number_in : codes -> z

val yes_of : codes -> codes

val no_of : codes -> codes

val insert : bool list -> codes -> codes

val size_of : z list -> z

val word_of : z list -> bool list

val begins : bool list -> bool list -> bool

val walk0 : codes -> z list -> z -> z -> z option

type kind =
| Trie of nat * number
| Polygon of (number * number) list

type part = { from_column : nat; kind_of : kind }

type standing = { q_row : row; places : int list }

type stand =
| Code of bool list
| Place of int

type layout = { own : nat; shared : number list; up_q : z; up_v : z;
                minus_t : number }

type ground =
| Bits of nat * number * codes
| Ring of (number * number) list * int * vertex table * z table

type ready_part = { number_of : nat; begins_at : nat; ground_of : ground }

val code_of : number -> number list -> bool list option

val same_number : number -> number -> bool

val code_at : nat -> nat -> number -> standing -> bool list option

val place_at : nat -> nat -> int -> vertex table -> standing -> int option

val stand_in : ready_part -> standing -> stand option

type marked = { d_row : row; at_part : nat; reversed : bool;
                first_place : int; last_place : int }

type target =
| Always
| Never
| Begins of bool list
| Between of bool * int * int

val hit : target -> stand option -> bool

val rest_of : layout -> number list -> z option

val width_of : ground -> nat

val in_trie : layout -> number -> codes -> z list -> z -> (target * z) option

val height : z -> z -> z -> bool -> vertex -> z

val above : z -> z -> z -> bool -> vertex table -> int -> bool

val in_ring :
  z -> z -> z -> 'a1 list -> int -> vertex table -> z table -> z -> marked ->
  (target * z) option

val target_of :
  layout -> ready_part list -> z -> marked -> (target * z) option

val same_numbers : number list -> number list -> bool

val is_some : 'a1 option -> bool

val good_query0 : layout -> ready_part list -> standing -> bool

val grow : nat -> nat -> number -> codes -> standing -> codes

val look_at : layout -> standing list -> nat -> part -> ready_part option

val look_at_all :
  layout -> standing list -> nat -> part list -> ready_part list option

type found_target = { of_class : nat; which : target }

val lay0 :
  layout -> ready_part list -> z -> (found_target table * z) option -> marked
  -> (found_target table * z) option

val hits : ready_part list -> stand option list -> found_target -> bool

val good_found :
  ready_part list -> int list table -> found_target table -> standing -> bool

val check_classes :
  layout -> part list -> int list table -> standing list -> marked list ->
  bool

val numbered : ('a1 -> int) -> 'a1 list -> int -> int option

val all_numbered : ('a1 -> int) -> 'a1 list -> int -> bool

val whole_cover :
  int -> int -> nat -> int list table -> row list -> document list -> bool

val whole_classes :
  int -> int -> layout -> part list -> int list table -> standing list ->
  marked list -> bool

val run_on : ready list list -> int -> int option

val whole_library : library -> int -> bool

val has_threshold : number option -> hinted -> bool

val count_wrong : (int * int list) list -> z -> z

type progress = { next : int; wrong_pairs_so_far : z }

val check_block :
  level list -> int list table -> library -> int -> number option -> progress
  -> hinted list -> (progress * (int * int list) list) option
