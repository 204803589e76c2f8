(* Hints for tries and convex polygons side by side: which columns belong together, the vertices in order, the places of
   queries, the intervals of documents. Nobody trusts them. *)

open Checker

exception Other_rows

type column = Constant of (int * int) | Signs of (int * int) | Numbers

(* What the queries have in each column; signs are a number, its negative and 0. *)
let columns rows =
  let d = Array.length rows.(0) in
  let column k =
    let first = rows.(0).(k) in
    if fst first <> 0 && Array.for_all (fun r -> r.(k) = first) rows then Constant first
    else begin
      let unit = ref (0, 0) in
      let fits r =
        let m, e = r.(k) in
        if m = 0 then true
        else begin
          if fst !unit = 0 then unit := (abs m, e);
          (abs m, e) = !unit
        end in
      if Array.for_all fits rows then Signs !unit else Numbers
    end in
  Array.init d column

let rec own_columns kinds d = if d > 0 && (match kinds.(d - 1) with Constant _ -> true | _ -> false) then own_columns kinds (d - 1) else d

let first_column own row =
  let rec go k = if k = own then -1 else if fst row.(k) <> 0 then k else go (k + 1) in
  go 0

(* A constant is a sign too, if it is not at the end. *)
let unit_of = function Constant (m, e) -> Some (abs m, e) | Signs u -> Some u | Numbers -> None

type found = Found_trie of { from : int; width : int; unit : int * int } | Found_polygon of { from : int }

(* From left to right: numbers are polygons, two by two; a trie begins where the first number of a document stands. *)
let found_parts kinds own begins =
  let rec go k =
    if k >= own then []
    else match unit_of kinds.(k) with
      | None ->
        if k + 1 >= own || unit_of kinds.(k + 1) <> None then raise Other_rows;
        Found_polygon { from = k } :: go (k + 2)
      | Some unit ->
        let stop = ref (k + 1) in
        while !stop < own && unit_of kinds.(!stop) <> None && not begins.(!stop) do incr stop done;
        (if fst unit = 0 then [] else [ Found_trie { from = k; width = !stop - k; unit } ]) @ go !stop in
  go 0

let around points =
  let n = float_of_int (List.length points) in
  let place (x, y) = (Hints.float_of x, Hints.float_of y) in
  let sx, sy = List.fold_left (fun (a, b) p -> let x, y = place p in (a +. x, b +. y)) (0., 0.) points in
  let angle p = let x, y = place p in Float.atan2 (y -. (sy /. n)) (x -. (sx /. n)) in
  List.map snd (List.sort compare (List.rev_map (fun p -> (angle p, p)) points))

(* The vertices in order, and the place of each query. *)
let polygon rows from =
  let seen = Hashtbl.create 1024 in
  Array.iter (fun r -> Hashtbl.replace seen (r.(from), r.(from + 1)) 0) rows;
  let vertices = around (Hashtbl.fold (fun p _ l -> p :: l) seen []) in
  List.iteri (fun i p -> Hashtbl.replace seen p i) vertices;
  (vertices, Array.map (fun r -> Hashtbl.find seen (r.(from), r.(from + 1))) rows)

(* The interval of some places of n, in order: whether all but these, the first and the last; 1, 0 if there are none but these. *)
let interval n places =
  let l = List.sort_uniq compare places in
  let count = List.length l in
  if count = 0 || count = n then (false, 1, 0)
  else begin
    let low = List.hd l and high = List.nth l (count - 1) in
    if high - low + 1 = count then (false, low, high)
    else
      let rec gap = function a :: (b :: _ as rest) -> if b <> a + 1 then (true, a + 1, b - 1) else gap rest | _ -> (false, 1, 0) in
      gap l
  end

let rec positive n = if n = 1 then XH else if n land 1 = 0 then XO (positive (n / 2)) else XI (positive (n / 2))
let z n = if n = 0 then Z0 else if n > 0 then Zpos (positive n) else Zneg (positive (- n))

let lift rows = Array.fold_left (fun s r -> Array.fold_left (fun s (m, e) -> if m = 0 then s else max s (- e)) s r) 0 rows

let arrays side = Array.init side.Hints.n (fun i -> Array.of_list (side.Hints.row_of i))
let row side rows i = { id = i; scale = side.Hints.scale_of i; numbers = Array.to_list rows.(i) }

(* How many tries and polygons, if the rows are of such parts and all pairs are right; it is `whole_classes` that says so. *)
let holds spoil known (queries : Hints.side) (documents : Hints.side) minus_t =
  try
    let qs = arrays queries and vs = arrays documents in
    let kinds = columns qs in
    let own = own_columns kinds (Array.length kinds) in
    let firsts = Array.map (first_column own) vs in
    let begins = Array.make (own + 1) false in
    Array.iter (fun k -> if k >= 0 then begins.(k) <- true) firsts;
    let found = Array.of_list (found_parts kinds own begins) in
    let part_of_column = Array.make own 0 in
    Array.iteri (fun c f ->
        let from, width = match f with Found_trie t -> (t.from, t.width) | Found_polygon p -> (p.from, 2) in
        Array.fill part_of_column from width c) found;
    let part_of v = if firsts.(v) < 0 then 0 else part_of_column.(firsts.(v)) in
    let rings = Array.map (function Found_polygon p -> Some (polygon qs p.from) | Found_trie _ -> None) found in
    let standing i =
      { q_row = row queries qs i;
        places = List.map (function Some (_, places) -> places.(i) | None -> 0) (Array.to_list rings) } in
    let met = Array.make documents.n [] in
    Array.iteri (fun q _ ->
        List.iter (fun v -> match rings.(part_of v) with Some (_, places) -> met.(v) <- places.(q) :: met.(v) | None -> ())
          (list_at q known)) qs;
    let marked v =
      let reversed, first_place, last_place =
        match rings.(part_of v) with Some (vertices, _) -> interval (List.length vertices) met.(v) | None -> (false, 0, 0) in
      { d_row = row documents vs v; at_part = Hints.nat (part_of v); reversed; first_place; last_place } in
    let parts = List.mapi (fun c f ->
        match f with
        | Found_trie t -> { from_column = Hints.nat t.from; kind_of = Trie (Hints.nat t.width, t.unit) }
        | Found_polygon p -> { from_column = Hints.nat p.from; kind_of = Polygon (fst (Option.get rings.(c))) }) (Array.to_list found) in
    let up_q = lift qs in
    let up_v = max (lift vs) (- snd minus_t - up_q) in
    let l =
      { own = Hints.nat own; shared = Array.to_list (Array.sub qs.(0) own (Array.length kinds - own));
        up_q = z up_q; up_v = z up_v; minus_t } in
    let l, parts = Spoil.parts spoil l parts in
    let every n make = List.rev (List.rev_map make (List.init n Fun.id)) in
    let all_queries = every queries.n (fun i -> Spoil.standing spoil (standing i)) in
    let all_documents = every documents.n (fun i -> Spoil.marked spoil (marked i)) in
    if found <> [||] && whole_classes queries.n documents.n l parts known all_queries all_documents then begin
      let tries = Array.fold_left (fun n f -> match f with Found_trie _ -> n + 1 | Found_polygon _ -> n) 0 found in
      Some (tries, Array.length found - tries)
    end else None
  with Other_rows -> None
