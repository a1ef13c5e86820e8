import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { comoApartado, type DeApartado } from '../embebido/apartados.ts'
import type { Apartado, Apartados, FiltroDeApartados, Mensaje } from '../puerto.ts'
import { type Devuelto, deDevuelto } from './recibido.ts'
import type { SuscripcionPulsar } from './suscripcion.ts'
import type { FilaApartado } from './tablas.ts'
import * as tablas from './tablas_de_consumo.ts'

const PAGINA = 200

type Contexto = Readonly<{
  almacen: Almacen
  ahora: () => number
  publicar: (tx: Tx, mensaje: Mensaje) => Promise<void>
  /** La suscripción, si es de este proceso: lo devuelto se le entrega ya. Si no, lo toma el proceso que la tenga. */
  suscripcion: (de: { topico: string; nombre: string }) => Pick<SuscripcionPulsar, 'devolver'> | undefined
}>

/**
 * Aparta en la tx: una copia sale al tópico de apartados, para quien lo lea desde fuera, y otra queda en la base, de donde se reintenta.
 * Así lo devuelto vuelve sólo a su suscripción, antes que lo que se publique después, y aunque Pulsar no esté.
 */
export const apartarEn = async (tx: Tx, { ahora, publicar }: Pick<Contexto, 'ahora' | 'publicar'>, apartado: DeApartado): Promise<void> => {
  const { mensaje, suscripcion, causa, intentos } = apartado
  const { topico, id, llave, datos, posicion, instante } = mensaje
  await publicar(tx, comoApartado(apartado))
  const propiedades = JSON.stringify(mensaje.propiedades)
  const porQue = { codigo: causa.codigo, mensaje: causa.mensaje, intentos, apartado: ahora() }
  await tx.ejecutar(tablas.agregarApartado, { topico, suscripcion, id, llave, propiedades, datos, posicion, instante, ...porQue })
}

export const crearApartados = ({ almacen, suscripcion }: Pick<Contexto, 'almacen' | 'suscripcion'>): Apartados => ({
  ver: async (filtro) => {
    const vistos: Apartado[] = []
    for (let desde = 0; ; ) {
      const pagina = await almacen.lector.todas(tablas.leerApartados, { ...conNulos(filtro), desde, maximo: PAGINA })
      for (const fila of pagina) vistos.push(deFila(fila))
      if (pagina.length < PAGINA) return vistos
      desde = pagina.at(-1)?.numero ?? desde
    }
  },
  reintentar: (filtro) =>
    almacen.ejecutar(async (tx) => {
      const devueltos: Devuelto[] = []
      let total = 0
      for (let desde = 0, quedan = true; quedan; ) {
        const pagina = await tx.todas(tablas.leerApartados, { ...conNulos(filtro), desde, maximo: PAGINA })
        for (const fila of pagina) {
          const tomado = suscripcion(deSuscripcion(fila)) !== undefined
          await tx.ejecutar(tablas.devolverApartado, { numero: fila.numero, devuelto: tomado ? 2 : 1 })
          if (tomado) devueltos.push(deDevuelto(fila))
        }
        total += pagina.length
        quedan = pagina.length === PAGINA
        desde = pagina.at(-1)?.numero ?? desde
      }
      tx.alConfirmar(() => entregar(devueltos, suscripcion))
      return total
    }),
})

/** Toma lo que otro proceso devolvió a las suscripciones de éste. Cada uno lo toma uno solo. */
export const recogerDevueltos = async ({ almacen, suscripcion }: Pick<Contexto, 'almacen' | 'suscripcion'>): Promise<void> => {
  const libres = await almacen.lector.todas(tablas.leerSinTomar, { maximo: PAGINA })
  const propios = libres.filter((fila) => suscripcion(deSuscripcion(fila)) !== undefined)
  if (propios.length === 0) return
  await almacen.ejecutar(async (tx) => {
    const tomados: Devuelto[] = []
    for (const fila of propios) if ((await tx.ejecutar(tablas.tomarDevuelto, { numero: fila.numero })) > 0) tomados.push(deDevuelto(fila))
    tx.alConfirmar(() => entregar(tomados, suscripcion))
  }, 'consumidor')
}

const deSuscripcion = ({ topico, suscripcion: nombre }: Pick<FilaApartado, 'topico' | 'suscripcion'>) => ({ topico, nombre })

const entregar = (devueltos: readonly Devuelto[], suscripcion: Contexto['suscripcion']): void => {
  for (const [, suyos] of Map.groupBy(devueltos, ({ topico, suscripcion: nombre }) => JSON.stringify([topico, nombre]))) {
    const [primero] = suyos
    if (primero !== undefined) suscripcion(deSuscripcion(primero))?.devolver(suyos)
  }
}

const deFila = (fila: FilaApartado): Apartado => {
  const { clave: _1, devuelto: _2, suscripcion: _3, ...mensaje } = deDevuelto(fila)
  const causa = { codigo: fila.codigo, mensaje: fila.mensaje }
  return { mensaje, topico: fila.topico, suscripcion: fila.suscripcion, causa, intentos: fila.intentos, instante: fila.apartado }
}

const conNulos = ({ topico, suscripcion, llave, codigo }: FiltroDeApartados) => ({
  topico: topico ?? null,
  suscripcion: suscripcion ?? null,
  llave: llave ?? null,
  codigo: codigo ?? null,
})
