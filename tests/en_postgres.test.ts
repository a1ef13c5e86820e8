// Las pruebas de la API por HTTP, otra vez, con todo lo suyo en un PostgreSQL de verdad. Faltan las que meten mano en el archivo de SQLite
// (sin_almacen, admision): lo que ahí se pide a PostgreSQL está en almacen/postgres/*.test.ts.
process.env.ALMACEN_DE_PRUEBA = 'postgres'

for (const prueba of [
  'apartados',
  'ciclo_de_vida',
  'conformidad',
  'entrada_mala',
  'fidelidad',
  'historial',
  'idempotencia',
  'listas',
  'mensajes_hostiles',
  'ofertas',
  'operaciones',
  'propiedad',
  'salud_y_documentos',
  'sin_sesion',
  'todo_o_nada',
])
  await import(`./${prueba}.test.ts`)
