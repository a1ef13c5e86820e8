import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { despachadoresVuelos, EventosReserva } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { suscripciones } from 'aeroalpes-api/sistema.ts'
import { SUSCRIPCION as NOTIFICACIONES } from 'notificaciones/notificaciones.ts'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import type { Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { abrirAlmacen } from '../../bench/composicion.ts'
import { VIAJEROS } from '../../bench/peticiones.ts'

export const TOPICO = EventosReserva.nombre
/** Los que estuvieron ausentes: el historial de cada cliente y la saga, que escuchan lo mismo. */
export const AUSENTES = [suscripciones.eventos, suscripciones.sagas].map(({ nombre }) => nombre)
/** La versión que dejan los eventos sembrados: ninguna otra cosa la escribe en el historial. */
const VERSION = 2
/** Cuántos de los ya saldados se codifican: los demás repiten sus bytes con otro identificador. */
const DISTINTOS = 1_000

/** Un evento como el sistema lo publica: sus mismos bytes. */
const unEvento = (i: number): Mensaje => {
  const [ahora, id_reserva, id] = [entornoReal.reloj.ahora(), entornoReal.ids(), VIAJEROS[i % VIAJEROS.length] as string]
  const data = { id_reserva, id_cliente: id, estado: 'APROBADA', fecha_creacion: ahora, fecha_actualizacion: ahora } as const
  const origen = { actor: { id, rol: 'viajero' }, correlacion: id_reserva, causa: 'siembra' } as const
  return despachadoresVuelos.ReservaAprobada({ tipo: 'ReservaAprobada', version: VERSION, data }, origen, entornoReal.ids())
}

const COLUMNAS = 'outbox (posicion, topico, id, llave, para, propiedades, datos, instante)'

/**
 * Deja en la carpeta un log con `guardados` eventos ya saldados y, después, `atraso` que nadie de los ausentes ha visto. Los saldados se
 * copian de unos pocos dentro de la base, que es lo rápido: nadie los vuelve a leer. Los demás son cada uno el suyo.
 */
export const sembrar = async (carpeta: string, { guardados, atraso }: Readonly<{ guardados: number; atraso: number }>): Promise<void> => {
  await (await abrirAlmacen(carpeta)).cerrar()
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  const instante = Date.now()
  db.exec('pragma synchronous = off; begin; create temp table plantillas (i integer primary key, llave, propiedades, datos)')
  const plantilla = db.prepare('insert into plantillas values (?, ?, ?, ?)')
  for (let i = 0; i < DISTINTOS; i++) {
    const { llave, propiedades, datos } = unEvento(i)
    plantilla.run(i, llave, JSON.stringify(propiedades), datos)
  }
  db.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
     insert into ${COLUMNAS} select n.i, ?, 'm' || n.i, llave, null, propiedades, datos, ? from n cross join plantillas p on p.i = n.i % ?
     where ? > 0`,
  ).run(guardados, TOPICO, instante, DISTINTOS, guardados)
  const agregar = db.prepare(`insert into ${COLUMNAS} values (?, ?, ?, ?, null, ?, ?, ?)`)
  for (let i = 0; i < atraso; i++) {
    const { id, llave, propiedades, datos } = unEvento(i)
    agregar.run(guardados + i + 1, TOPICO, id, llave, JSON.stringify(propiedades), datos, instante)
  }
  const suscribir = db.prepare('insert into suscripciones (topico, nombre, hasta, abierto_hasta) values (?, ?, ?, 0)')
  for (const nombre of AUSENTES) suscribir.run(TOPICO, nombre, guardados)
  suscribir.run(TOPICO, NOTIFICACIONES, guardados + atraso)
  db.exec('commit; pragma wal_checkpoint(truncate)')
  db.close()
}

/** Lo que quedó hecho: las líneas del historial que dejó lo sembrado y las de lo demás, y cuántos anotó como recibidos cada ausente. */
export type Hecho = Readonly<{ sembradas: number; nuevas: number; recibidos: readonly number[] }>

export const hechoEn = (carpeta: string): Hecho => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO), { readOnly: true, timeout: 5_000 })
  const contar = (sql: string, valor: string | number): number => (db.prepare(sql).get(valor) as { n: number }).n
  try {
    return {
      sembradas: contar(`select count(*) n from historial_cliente where estado = 'APROBADA' and version = ?`, VERSION),
      nuevas: contar('select count(*) n from historial_cliente where version <> ?', VERSION),
      recibidos: AUSENTES.map((nombre) => contar('select count(*) n from inbox where consumidor = ?', nombre)),
    }
  } finally {
    db.close()
  }
}

/** Lo que no es como debe si se sembraron `atraso` y se aceptaron `aceptados`: cada efecto una vez, y todos. */
export const faltasDe = (
  { sembradas, nuevas, recibidos }: Hecho,
  { atraso, aceptados }: Readonly<{ atraso: number; aceptados: number }>,
) => [
  ...(sembradas === atraso ? [] : [`el historial tiene ${sembradas} de los ${atraso} atrasados`]),
  ...(nuevas === aceptados ? [] : [`el historial tiene ${nuevas} de las ${aceptados} reservas nuevas`]),
  ...recibidos.flatMap((n, i) => (n === atraso + aceptados ? [] : [`${AUSENTES[i]} recibió ${n} de ${atraso + aceptados}`])),
]
