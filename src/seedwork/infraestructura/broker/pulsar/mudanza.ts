import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { comoEstaba, OPERADOR } from '../embebido/apartados.ts'
import * as embebido from '../embebido/tablas.ts'
import type { Broker, Mensaje } from '../puerto.ts'
import { apartarEn } from './apartados.ts'

const PAGINA = 200
const SIN_FILTRO = { topico: null, suscripcion: null, llave: null, codigo: null }

type Partes = Readonly<{ almacen: Almacen; broker: Pick<Broker, 'publicar'>; ahora: () => number }>

/** Cuántos mensajes pasaron de un broker al otro, y cuántos de ellos estaban apartados. */
export type Mudados = Readonly<{ mensajes: number; apartados: number }>

/**
 * Lo que el broker embebido de este almacén no había entregado a alguna de sus suscripciones se publica por el nuevo, en su orden, y deja
 * de esperar en el viejo, en la misma transacción: si se corta a mitad se sigue donde iba. A quien ya lo tenía, el inbox se lo evita. Lo
 * apartado sigue apartado.
 */
export const mudarDelEmbebido = async (partes: Partes): Promise<Mudados> => {
  const topicos = await partes.almacen.lector.todas(embebido.topicosConSuscripcion, {})
  let mensajes = 0
  for (const { topico } of topicos) mensajes += await mudarTopico(partes, topico)
  return { mensajes, apartados: await mudarApartados(partes) }
}

const mudarTopico = async ({ almacen, broker }: Partes, topico: string): Promise<number> => {
  let mudados = 0
  for (let quedan = true; quedan; ) {
    const paso = await almacen.ejecutar(async (tx) => {
      const suscripciones = await tx.todas(embebido.suscripcionesDe, { topico })
      const desde = Math.min(...suscripciones.map(({ hasta }) => hasta))
      const pagina = (await tx.todas(embebido.leerPagina, { topico, desde, maximo: PAGINA })).map(embebido.sumaDelLog.exigir)
      const esperan = await Promise.all(suscripciones.map((una) => loQueEspera(tx, una)))
      const faltan = pagina.filter((fila) => esperan.some((espera) => espera(fila)))
      await broker.publicar(tx, faltan.map(comoSePublico))
      const hasta = pagina.at(-1)?.posicion ?? desde
      for (const { nombre } of suscripciones.filter((una) => una.hasta < hasta)) await saldarHasta(tx, { topico, nombre, hasta })
      return { faltan: faltan.length, quedan: pagina.length === PAGINA }
    })
    mudados += paso.faltan
    quedan = paso.quedan
  }
  return mudados
}

/** Si a esa suscripción todavía no se le entregó una fila que era para ella. */
const loQueEspera = async (tx: Tx, { topico, nombre, hasta }: embebido.FilaSuscripcion) => {
  const acusadas = new Set((await tx.todas(embebido.leerAcuses, { topico, nombre, desde: hasta })).map(({ posicion }) => posicion))
  return ({ posicion, para }: embebido.Publicado): boolean =>
    posicion > hasta && (para === null || para === nombre) && !acusadas.has(posicion)
}

const comoSePublico = ({ topico, id, llave, datos, propiedades }: embebido.Publicado): Mensaje => ({
  topico,
  id,
  llave,
  datos,
  propiedades: JSON.parse(propiedades),
})

const saldarHasta = async (tx: Tx, hasta: { topico: string; nombre: string; hasta: number }): Promise<void> => {
  await tx.ejecutar(embebido.avanzarHasta, hasta)
  await tx.ejecutar(embebido.borrarAcuses, hasta)
  await tx.ejecutar(embebido.borrarIntentos, hasta)
}

const mudarApartados = async ({ almacen, broker, ahora }: Partes): Promise<number> => {
  for (let mudados = 0; ; ) {
    const cuantos = await almacen.ejecutar(async (tx) => {
      const pagina = await tx.todas(embebido.leerApartados, { ...SIN_FILTRO, desde: 0, maximo: PAGINA })
      for (const fila of pagina) {
        await apartarEn(
          tx,
          { ahora, publicar: (de, mensaje) => broker.publicar(de, [mensaje]) },
          comoEstaba(embebido.sumaDelLog.exigir(fila)),
        )
        await tx.ejecutar(embebido.acusarPosicion, { topico: fila.topico, nombre: OPERADOR, posicion: fila.posicion })
      }
      return pagina.length
    })
    mudados += cuantos
    if (cuantos < PAGINA) return mudados
  }
}
