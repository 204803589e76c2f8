(* For tests: one hint changed at random. Whatever is changed, nothing wrong may be said. *)

open Checker

type t = Nothing | Spoiled of { seed : int; row : int; of_queries : bool }

let choose seed n m =
  if seed < 0 then Nothing
  else begin
    Random.init seed;
    let of_queries = Random.bool () in
    Spoiled { seed; row = Random.int (if of_queries then n else m); of_queries }
  end

let nudge x = match Random.int 4 with 0 -> x + 1 | 1 -> x - 1 | 2 -> x * 2 | _ -> - x

let at i f l = List.mapi (fun k x -> if k = i then f x else x) l
let somewhere f l = at (Random.int (List.length l)) f l

let form f =
  match Random.int 5 with
  | 0 -> { f with entries = somewhere nudge f.entries }
  | 1 -> { f with unit_ = (nudge (fst f.unit_), snd f.unit_) }
  | 2 -> { f with unit_ = (fst f.unit_, nudge (snd f.unit_)) }
  | 3 -> { f with slack = nudge f.slack }
  | _ -> { f with room = nudge f.room }

let hinted spoil (side : Hints.side) (h : hinted) =
  match spoil with
  | Spoiled s when s.of_queries = side.is_query && s.row = h.stored.id ->
    Random.init (s.seed + 1);
    if Random.int 6 = 0 then { h with lift = nudge h.lift } else { h with forms = somewhere form h.forms }
  | _ -> h

let level l =
  match Random.int 11 with
  | 0 -> { l with low = nudge l.low }
  | 1 -> { l with more = nudge l.more }
  | 2 -> { l with free = not l.free }
  | 3 -> { l with blur = somewhere not l.blur }
  | 4 -> { l with most_q = somewhere nudge l.most_q }
  | 5 -> { l with most_v = somewhere nudge l.most_v }
  | 6 -> { l with flat_q = nudge l.flat_q }
  | 7 -> { l with flat_v = nudge l.flat_v }
  | 8 -> { l with room_q = nudge l.room_q }
  | 9 -> { l with room_v = nudge l.room_v }
  | _ -> { l with packing_ = { l.packing_ with width = nudge l.packing_.width } }

(* A third of the seeds spoil a level or a part, a sixth an order of nodes, a sixth an interval, a third a row. *)
let levels spoil ls =
  match spoil with
  | Spoiled { seed; _ } when seed mod 3 = 0 -> Random.init seed; somewhere (fun (way, l) -> (way, level l)) ls
  | _ -> ls

let order spoil l =
  match spoil with
  | Spoiled { seed; _ } when seed mod 6 = 1 ->
    Random.init seed;
    let i = Random.int (List.length l) and j = Random.int (List.length l) in
    at i (fun _ -> List.nth l j) l
  | _ -> l

let mark spoil i m =
  match spoil with
  | Spoiled { seed; row; of_queries = false } when seed mod 6 = 4 && row = i ->
    Random.init seed;
    (match Random.int 3 with
     | 0 -> { m with left = nudge m.left }
     | 1 -> { m with right = nudge m.right }
     | _ -> { m with class0 = S m.class0 })
  | _ -> m

(* Of tries and polygons: the columns, a vertex, the place of a query, the interval of a document. *)
let part p =
  match p.kind_of, Random.int 3 with
  | _, 0 -> { p with from_column = S p.from_column }
  | Trie (width, unit), 1 -> { p with kind_of = Trie (S width, unit) }
  | Trie (width, (m, e)), _ -> { p with kind_of = Trie (width, (nudge m, e)) }
  | Polygon vertices, 1 -> { p with kind_of = Polygon (somewhere (fun ((m, e), y) -> ((nudge m, e), y)) vertices) }
  | Polygon vertices, _ -> { p with kind_of = Polygon (List.tl vertices @ [ List.hd vertices ]) }

let parts spoil l ps =
  match spoil with
  | Spoiled { seed; _ } when seed mod 3 = 0 ->
    Random.init seed;
    (match Random.int 4 with
     | 0 -> ({ l with own = S l.own }, ps)
     | 1 -> ({ l with shared = List.map (fun (m, e) -> (nudge m, e)) l.shared }, ps)
     | 2 -> ({ l with minus_t = (nudge (fst l.minus_t), snd l.minus_t) }, ps)
     | _ -> (l, somewhere part ps))
  | _ -> (l, ps)

let standing spoil q =
  match spoil with
  | Spoiled { seed; row; of_queries = true } when seed mod 3 = 2 && row = q.q_row.id ->
    Random.init seed;
    { q with places = somewhere nudge q.places }
  | _ -> q

let marked spoil v =
  match spoil with
  | Spoiled { seed; row; of_queries = false } when seed mod 6 = 4 && row = v.d_row.id ->
    Random.init seed;
    (match Random.int 4 with
     | 0 -> { v with first_place = nudge v.first_place }
     | 1 -> { v with last_place = nudge v.last_place }
     | 2 -> { v with reversed = not v.reversed }
     | _ -> { v with at_part = S v.at_part })
  | _ -> v

let row spoil side h =
  match spoil with Spoiled { seed; _ } when seed mod 3 = 2 -> hinted spoil side h | _ -> h
