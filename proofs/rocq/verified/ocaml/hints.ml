(* Hints: whole numbers that stand for rows, and bounds. Nobody trusts them: whatever they are, the checker decides. *)

open Checker

(* ---- A side: queries with minus their threshold, or documents with 1. ---- *)

type side = {
  n : int;
  extra_of : int -> int * int;
  scale_of : int -> int * int;
  row_of : int -> (int * int) list;
  is_query : bool }

let bit_length m = let rec go b m = if m = 0 then b else go (b + 1) (m lsr 1) in go 0 (abs m)

(* The coordinates of a row, the extra one first, without the scale's odd part. *)
let coordinates side i =
  let _, se = side.scale_of i in
  side.extra_of i :: List.map (fun (m, e) -> if m = 0 then (0, 0) else (m, e + se)) (side.row_of i)

let least_exponent l = List.fold_left (fun s (m, e) -> if m = 0 then s else min s e) max_int l
let finest l = let e = least_exponent l in if e = max_int then 0 else e

exception Too_large

let shifted m by = if m = 0 then 0 else if by > 60 || bit_length m + by > 60 then raise Too_large else m lsl by

(* ---- Ways to stand for a row. ---- *)

type way =
  | Exact of bool            (* all numbers as they are, up to a power of 2; true: thresholds are 0 and left out *)
  | Integers of int          (* bytes as they are, so many bits finer; the threshold rounded *)
  | Rounded of int           (* all rounded to so many bits *)

(* The unit (odd factor, exponent) and the entries. *)
let stand way side i =
  let sm, _ = side.scale_of i in
  let all = coordinates side i in
  let first, rest = List.hd all, List.tl all in
  match way with
  | Exact true ->
    let unit = finest rest in
    (sm, unit), 0 :: List.map (fun (m, e) -> shifted m (e - unit)) rest
  | Exact false ->
    if sm <> 1 then raise Too_large;
    let unit = finest all in
    (1, unit), List.map (fun (m, e) -> shifted m (e - unit)) all
  | Integers finer ->
    let unit = finest rest - finer in
    let m, e = first in
    (sm, unit),
    int_of_float (Float.round (Float.ldexp (float_of_int m /. float_of_int sm) (e - unit)))
    :: List.map (fun (m, e) -> shifted m (e - unit)) rest
  | Rounded w ->
    let odd = first :: List.map (fun (m, e) -> (m * sm, e)) rest in
    let highest = List.fold_left (fun b (m, e) -> if m = 0 then b else max b (bit_length m + e)) min_int odd in
    let unit = (if highest = min_int then 0 else highest) - w in
    (1, unit), List.map (fun (m, e) -> int_of_float (Float.round (Float.ldexp (float_of_int m) (e - unit)))) odd

(* The largest entries by coordinate, over all rows. *)
let largest way side =
  let most = ref [||] in
  for i = 0 to side.n - 1 do
    let _, entries = stand way side i in
    if !most = [||] then most := Array.make (List.length entries) 0;
    List.iteri (fun k y -> if abs y > !most.(k) then !most.(k) <- abs y) entries
  done;
  !most

(* ---- Levels. ---- *)

let rec nat i = if i = 0 then O else S (nat (i - 1))
let width k = (62 + k) / k

let spill k =
  let f = Float.ldexp 1. (width k) in
  let rec reach k = if k = 0 then 0. else (f ** float_of_int (k - 1)) +. reach (k - 1) in
  let rec go k = if k = 0 then 0. else (f *. go (k - 1)) +. reach (k - 1) in
  go k

let blurs way d = List.init d (fun i -> match way with Exact _ -> false | Integers _ -> i = 0 | Rounded _ -> true)
let total bs most = List.fold_left2 (fun s b m -> if b then s + m else s) 0 bs (Array.to_list most)
let maximum a = Array.fold_left max 0 a

(* A level, or None if sums could wrap. *)
let level way k most_q most_v =
  let d = Array.length most_q in
  let low = 1 lsl (width k * (k - 1)) in
  let flat_q, flat_v = maximum most_q, maximum most_v in
  let sum = ref 0. in
  Array.iteri (fun i m -> sum := !sum +. (float_of_int m *. float_of_int most_v.(i))) most_q;
  let below = float_of_int d *. float_of_int flat_q *. float_of_int flat_v *. spill k in
  let bs = blurs way d in
  let blurred = List.length (List.filter Fun.id bs) in
  let f = float_of_int in
  let rooms = f low *. f (total bs most_q + total bs most_v + blurred) +. below in
  if (f low *. !sum) +. below +. rooms > 4.6e18 then None
  else begin
    let more = (low * blurred) + int_of_float below in
    Some
      { packing_ = { how_many = nat (k - 1); width = width k }; low; more;
        free = (way = Exact true); blur = bs;
        most_q = Array.to_list most_q; most_v = Array.to_list most_v; flat_q; flat_v;
        room_q = (low * total bs most_q) + more; room_v = low * total bs most_v }
  end

(* Close calls are rare only if what lies below is less than half of 1. *)
let is_sharp l k = k = 1 || 2. *. float_of_int l.more < float_of_int l.low

let rec first_some f = function [] -> None | x :: rest -> (match f x with Some y -> Some y | None -> first_some f rest)

(* All of it exact, as many numbers to a word as fit. *)
let exact is_free queries documents =
  let way = Exact is_free in
  match largest way queries, largest way documents with
  | exception Too_large -> None
  | most_q, most_v ->
    first_some (fun k ->
        match level way k most_q most_v with
        | Some l when is_sharp l k -> Some [ (way, l) ]
        | _ -> None)
      [ 9; 7; 6; 5; 4; 3; 2; 1 ]

let down_from n = List.init n (fun i -> n - i)

(* Rounded entries are at most 2^w; by coordinate the bound of 20 bits is scaled. *)
let rounded fields queries documents =
  let w0 = 20 in
  let most_q = largest (Rounded w0) queries and most_v = largest (Rounded w0) documents in
  let at w most = Array.map (fun m -> min (1 lsl w) (if w >= w0 then (m + 1) lsl (w - w0) else (m lsr (w0 - w)) + 2)) most in
  List.filter_map (fun k ->
      first_some (fun w ->
          match level (Rounded w) k (at w most_q) (at w most_v) with
          | Some l -> Some (Rounded w, l)
          | None -> None)
        (down_from 29))
    fields

let integers fields queries documents =
  List.filter_map (fun k ->
      first_some (fun r ->
          let way = Integers r in
          match largest way queries, largest way documents with
          | exception Too_large -> None
          | most_q, most_v -> (match level way k most_q most_v with Some l -> Some (way, l) | None -> None))
        [ 20; 16; 12; 8; 5; 3; 2; 1; 0 ])
    fields

(* How many numbers to a word, level by level: as asked for, or 3, or 2 where 3 bytes do not fit, and 1 at last. *)
let levels ~is_free ~is_bytes asked queries documents =
  match exact is_free queries documents, asked with
  | Some ls, _ -> ls
  | None, [] when is_bytes ->
    let rest = integers [ 1 ] queries documents in
    (match integers [ 3 ] queries documents with
     | [] -> integers [ 2 ] queries documents @ rest
     | ls -> ls @ rest)
  | None, _ when is_bytes -> integers asked queries documents
  | None, [] -> rounded [ 3; 1 ] queries documents
  | None, _ -> rounded asked queries documents

let describe way l =
  let rec int = function O -> 0 | S n -> 1 + int n in
  Printf.sprintf "%s, %d to a word"
    (match way with
     | Exact true -> "exact without threshold"
     | Exact false -> "exact"
     | Integers r -> Printf.sprintf "bytes with %d bits more" r
     | Rounded w -> Printf.sprintf "rounded to %d bits" w)
    (1 + int l.packing_.how_many)

(* ---- A row with its hints. ---- *)

let hinted levels side i =
  let least = List.fold_left (fun s (_, e) -> min s (e + snd (side.scale_of i))) (snd (side.extra_of i)) (side.row_of i) in
  let stands = List.map (fun (way, l) -> (l, stand way side i)) levels in
  let lift = List.fold_left (fun s (_, ((_, unit), _)) -> max s (- unit)) (max 0 (- least)) stands in
  let form (l, ((m, unit), entries)) =
    let slack = List.fold_left2 (fun s b y -> if b then s + abs y else s) 0 l.blur entries in
    { unit_ = (m, unit + lift); entries; slack; room = (l.low * slack) + (if side.is_query then l.more else 0) } in
  { stored = { id = i; scale = side.scale_of i; numbers = side.row_of i };
    extra = side.extra_of i; lift; forms = List.map form stands }

(* ---- An order of nodes, parents first. ---- *)

let order n edges =
  let children = Array.make n [] and waits = Array.make n 0 in
  List.iter (fun (c, p) -> children.(p) <- c :: children.(p); waits.(c) <- waits.(c) + 1) edges;
  let queue = Queue.create () and out = ref [] in
  Array.iteri (fun v w -> if w = 0 then Queue.add v queue) waits;
  while not (Queue.is_empty queue) do
    let p = Queue.pop queue in
    out := p :: !out;
    List.iter (fun c -> waits.(c) <- waits.(c) - 1; if waits.(c) = 0 then Queue.add c queue) children.(p)
  done;
  List.rev !out

(* ---- Thresholds of the row notion: between the worst match and the best of the others. ---- *)

let float_of (m, e) = Float.ldexp (float_of_int m) e

let floats side = Array.init side.n (fun i ->
    let s = float_of (side.scale_of i) in
    Array.of_list (List.map (fun x -> s *. float_of x) (side.row_of i)))

let thresholds known queries documents =
  let vs = floats documents in
  let is_match = Array.make documents.n false in
  Array.mapi (fun i q ->
      let matches = list_at i known in
      List.iter (fun v -> is_match.(v) <- true) matches;
      let worst = ref infinity and best = ref neg_infinity in
      Array.iteri (fun j v ->
          let s = ref 0. in
          for k = 0 to Array.length q - 1 do s := !s +. (q.(k) *. v.(k)) done;
          if is_match.(j) then (if !s < !worst then worst := !s) else if !s > !best then best := !s)
        vs;
      List.iter (fun v -> is_match.(v) <- false) matches;
      if !worst = infinity then !best +. Float.abs !best +. 1.
      else if !best = neg_infinity then !worst -. Float.abs !worst -. 1.
      else (!worst +. !best) /. 2.)
    (floats queries)
