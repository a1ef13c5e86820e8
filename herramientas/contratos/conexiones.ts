import { reacciones, suscripciones, topicos } from 'aeroalpes-api/sistema.ts'
import * as cliente from '../../src/aeroalpes/modulos/cliente/index.ts'
import * as vuelos from '../../src/aeroalpes/modulos/vuelos/index.ts'
import type { Archivo } from '../archivos.ts'

const PUERTAS: Readonly<Record<string, object>> = { vuelos, cliente }
/** Lo que no es de ningún módulo: la raíz de composición del servicio. */
const RAIZ_DE_COMPOSICION = 'sistema'

const moduloDe = (valor: unknown): string =>
  Object.entries(PUERTAS).find(([, puerta]) => Object.values(puerta).includes(valor))?.[0] ?? RAIZ_DE_COMPOSICION

/** Qué módulo declara cada tópico y qué tipos viajan en él. */
export const topicosDeclarados = topicos.map((topico) => ({
  nombre: topico.nombre,
  modulo: moduloDe(topico),
  tipos: Object.keys(topico.tipos),
}))

/** Qué hace cada módulo, en la misma transacción, al ocurrir cada evento. */
export const reaccionesDeclaradas = Object.entries(reacciones).map(([evento, lista]) => ({
  evento,
  hacen: lista.map((reaccion) => ({ modulo: moduloDe(reaccion), funcion: reaccion.name })),
}))

/** `consumir(suscripciones.eventos, cliente.seguirReservas(…))`: la conexión de cada suscripción está escrita sólo ahí. */
const CONSUMIR = /\bconsumir\(suscripciones\.(\w+), (\w+)\.(\w+)\(/g

/** Cada suscripción con el módulo y la función que la atienden, leídos de la raíz de composición. Lanza si alguna no se encuentra. */
export const suscripcionesConectadas = (sistema: Archivo) => {
  const conectadas = new Map(
    [...sistema.texto.matchAll(CONSUMIR)].map(([, clave = '', modulo = '', funcion = '']) => [clave, { modulo, funcion }]),
  )
  return Object.entries(suscripciones).map(([clave, { topico, nombre, tipo }]) => {
    const conexion = conectadas.get(clave)
    if (conexion === undefined) throw new Error(`${sistema.ruta} no dice quién atiende la suscripción ${nombre}.`)
    return { topico, nombre, tipo, ...conexion }
  })
}

const PARTE = /^src\/aeroalpes\/(?:modulos\/([^/]+)\/.+|(api)\/.+|(\w+)\.ts)$/
const IMPORTA = /\bfrom '(\.{1,2}\/[^']+)'/g

/** De qué parte del servicio es un archivo: un módulo, `api`, o él mismo si está en su raíz. `undefined` si es de otra carpeta. */
const parteDe = (ruta: string): string | undefined => {
  const [, modulo, api, suelto] = PARTE.exec(ruta) ?? []
  return modulo ?? api ?? suelto
}

/** Qué parte del servicio importa a cuál, por los `import` de su código. Sin repetir, en orden. */
export const importaciones = (archivos: readonly Archivo[]): readonly (readonly [de: string, a: string])[] => {
  const pares = archivos
    .filter(({ ruta }) => !/\.test\.ts$|\/pruebas\//.test(ruta))
    .flatMap(({ ruta, texto }) =>
      [...texto.matchAll(IMPORTA)].map(([, camino = '']) => [parteDe(ruta), parteDe(new URL(camino, `file:///${ruta}`).pathname.slice(1))]),
    )
  const distintos = pares.filter(([de, a]) => de !== undefined && a !== undefined && de !== a).map((par) => par.join(' '))
  return [...new Set(distintos)].sort().map((par) => par.split(' ') as [string, string])
}
