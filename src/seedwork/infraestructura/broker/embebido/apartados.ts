import type { Almacen, Tx } from '../../almacen/puerto.ts'
import {
  type Apartado,
  type Apartados,
  type Causa,
  type FiltroDeApartados,
  type Mensaje,
  type MensajeRecibido,
  topicoDeApartados,
} from '../puerto.ts'
import * as tablas from './tablas.ts'

/** Quien lee los tópicos de apartados: existe desde el primero, así que la retención no los borra antes de que alguien los vea. */
export const OPERADOR = 'operador'
const PAGINA = 200

/** Un mensaje, la suscripción que lo aparta, por qué y tras cuántos intentos. */
export type DeApartado = Readonly<{ mensaje: MensajeRecibido; suscripcion: string; causa: Causa; intentos: number }>

/** El mensaje que va al tópico de apartados: los mismos bytes, llave e identificador, y de dónde salió y por qué. */
export const comoApartado = ({ mensaje, suscripcion, causa, intentos }: DeApartado): Mensaje => ({
  topico: topicoDeApartados(mensaje.topico, suscripcion),
  id: mensaje.id,
  llave: mensaje.llave,
  datos: mensaje.datos,
  propiedades: {
    ...mensaje.propiedades,
    dlqtopico: mensaje.topico,
    dlqsuscripcion: suscripcion,
    dlqposicion: mensaje.posicion,
    dlqcodigo: causa.codigo,
    dlqmensaje: causa.mensaje,
    dlqintentos: String(intentos),
  },
})

export const crearLectorDeApartados = (tx: Tx, topico: string): Promise<number> =>
  tx.ejecutar(tablas.crearSuscripcion, { topico, nombre: OPERADOR, hasta: 0 })

type Contexto = Readonly<{
  almacen: Almacen
  recibir: (fila: tablas.Publicado) => MensajeRecibido
  publicar: (tx: Tx, mensaje: Mensaje, para: string) => Promise<unknown>
}>

export const crearApartados = ({ almacen, recibir, publicar }: Contexto): Apartados => ({
  ver: async (filtro) => {
    const vistos: Apartado[] = []
    for (let desde = 0; ; ) {
      const pagina = await almacen.lector.todas(tablas.leerApartados, { ...conNulos(filtro), desde, maximo: PAGINA })
      for (const fila of pagina) vistos.push(deFila(tablas.sumaDelLog.exigir(fila), recibir))
      if (pagina.length < PAGINA) return vistos
      desde = pagina.at(-1)?.posicion ?? desde
    }
  },
  reintentar: (filtro) =>
    almacen.ejecutar(async (tx) => {
      for (let total = 0; ; ) {
        const pagina = await tx.todas(tablas.leerApartados, { ...conNulos(filtro), desde: 0, maximo: PAGINA })
        for (const fila of pagina) await devolver(tx, tablas.sumaDelLog.exigir(fila), publicar)
        total += pagina.length
        if (pagina.length < PAGINA) return total
      }
    }),
})

/** Vuelve a su tópico, sólo para la suscripción que lo apartó, y deja de estar apartado, en la misma tx. */
const devolver = async (tx: Tx, fila: tablas.Publicado, publicar: Contexto['publicar']): Promise<void> => {
  const { mensaje, suscripcion } = comoEstaba(fila)
  await publicar(tx, mensaje, suscripcion)
  await tx.ejecutar(tablas.acusarPosicion, { topico: fila.topico, nombre: OPERADOR, posicion: fila.posicion })
}

/** El mensaje de una fila de apartados, como estaba antes de apartarse, y por qué se apartó. */
export const comoEstaba = ({ id, llave, datos, propiedades: texto, instante }: tablas.Publicado): DeApartado => {
  const { dlqtopico, dlqsuscripcion, dlqposicion, dlqcodigo, dlqmensaje, dlqintentos, ...propiedades } = JSON.parse(texto)
  return {
    mensaje: { topico: dlqtopico, id, llave, datos, propiedades, posicion: dlqposicion, instante },
    suscripcion: dlqsuscripcion,
    causa: { codigo: dlqcodigo, mensaje: dlqmensaje },
    intentos: Number(dlqintentos),
  }
}

const deFila = (fila: tablas.Publicado, recibir: Contexto['recibir']): Apartado => {
  const mensaje = recibir(fila)
  const { dlqtopico = '', dlqsuscripcion = '', dlqcodigo = '', dlqmensaje = '', dlqintentos = '0' } = mensaje.propiedades
  const causa = { codigo: dlqcodigo, mensaje: dlqmensaje }
  return { mensaje, topico: dlqtopico, suscripcion: dlqsuscripcion, causa, intentos: Number(dlqintentos), instante: mensaje.instante }
}

const conNulos = ({
  topico = null,
  suscripcion = null,
  llave = null,
  codigo = null,
}: { [K in keyof FiltroDeApartados]?: FiltroDeApartados[K] | null }) => ({
  topico,
  suscripcion,
  llave,
  codigo,
})
