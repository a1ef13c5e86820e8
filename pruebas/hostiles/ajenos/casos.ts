import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { hora } from '../../../tests/apoyo/pedidos.ts'

/** Va en todo lo que nadie pidió: no puede quedar guardado en ningún sitio. */
export const INTRUSO = 'zq9intruso'
/** Va en lo que sí se guarda: encontrarlo prueba que se buscó bien. */
export const LEGITIMO = 'zq9legitimo'

/** Campos que existen por dentro y nadie de fuera debe poder poner, y otros que no existen. */
const CAMPOS = [
  ...[
    'id',
    'estado',
    'id_cliente',
    'propietario',
    'actor',
    'rol',
    'version',
    'precio',
    'localizador',
    'fecha_creacion',
    'venta',
    'condiciones',
  ],
  ...['esAdmin', '$set', 'a.b', 'itinerarios[0]', 'toString', 'valueOf', 'toJSON', 'then', 'length', 'hasOwnProperty', INTRUSO],
]
const DEL_PROTOTIPO = ['__proto__', 'constructor', 'prototype', '__defineGetter__', '__lookupSetter__']

const uno = <T>(azar: Azar, lista: readonly T[]): T => lista[Math.floor(azar() * lista.length)] as T

const valorAjeno = (azar: Azar): unknown =>
  uno<unknown>(azar, [INTRUSO, [INTRUSO], { [INTRUSO]: INTRUSO }, { prototype: { [INTRUSO]: 1 } }, { estado: 'PAGADA', [INTRUSO]: 1 }])

/** Escribe el JSON a mano: así `__proto__` es una clave como las demás, y puede ir dos veces. */
const conAjenos = (valor: unknown, azar: Azar, conPrototipo: boolean): string => {
  if (Array.isArray(valor)) return `[${valor.map((interior) => conAjenos(interior, azar, conPrototipo)).join()}]`
  if (typeof valor !== 'object' || valor === null) return JSON.stringify(valor)
  const propios = Object.entries(valor).map(([clave, interior]) => `${JSON.stringify(clave)}:${conAjenos(interior, azar, conPrototipo)}`)
  const libres = CAMPOS.filter((campo) => !(campo in valor))
  const ajenos = Array.from({ length: Math.floor(azar() * 3) }, () => {
    const nombre = conPrototipo && azar() < 0.3 ? uno(azar, DEL_PROTOTIPO) : uno(azar, libres)
    return `${JSON.stringify(nombre)}:${JSON.stringify(valorAjeno(azar))}`
  })
  return `{${[...ajenos, ...propios, ...ajenos].join()}}`
}

const PEDIDO = {
  itinerarios: [
    {
      odos: [
        {
          segmentos: [
            {
              legs: [
                { fecha_salida: hora(0), fecha_llegada: hora(1), origen: { codigo: 'BOG', nombre: LEGITIMO }, destino: { codigo: 'JFK' } },
              ],
            },
          ],
        },
      ],
    },
  ],
  pasajeros: [{ nombre: LEGITIMO, tipo: 'ADULTO', clase: 'ECONOMICA' }],
}

export const pedidoConAjenos = (azar: Azar): string => conAjenos(PEDIDO, azar, azar() < 0.3)
export const cancelacionConAjenos = (azar: Azar): string => conAjenos({ motivo: LEGITIMO }, azar, azar() < 0.3)
export const tramaConAjenos = (azar: Azar): string =>
  conAjenos({ payload: Buffer.from(LEGITIMO).toString('base64'), context: 'c', key: 'k' }, azar, true)

/** Parámetros repetidos, con corchetes, del prototipo o de nadie. */
export const consultaConAjenos = (azar: Azar): string => {
  const formas = [
    `estado=PENDIENTE&estado=${INTRUSO}`,
    `tamano_pagina=1&tamano_pagina=${INTRUSO}`,
    `__proto__=${INTRUSO}`,
    `__proto__[${INTRUSO}]=1`,
    `constructor[prototype][${INTRUSO}]=1`,
    `constructor.prototype.${INTRUSO}=1`,
    `${uno(azar, CAMPOS)}=${INTRUSO}`,
    `%5f_proto__=${INTRUSO}`,
    `propietario=${INTRUSO}&id_cliente=${INTRUSO}`,
    `estado[]=${INTRUSO}&estado[$ne]=1`,
  ]
  return Array.from({ length: 1 + Math.floor(azar() * 3) }, () => uno(azar, formas)).join('&')
}

/** Metadatos de gRPC que nadie espera. */
export const metadatosAjenos = (azar: Azar): Readonly<Record<string, string>> =>
  Object.fromEntries([
    [uno(azar, ['__proto__', 'constructor', 'prototype', 'x-propietario', 'x-rol', 'id_cliente', INTRUSO]), INTRUSO],
    [uno(azar, ['estado', 'x-http-method', 'x-forwarded-user', 'authorization']), INTRUSO],
  ])

/** Lo que un navegador no manda: quién dice ser, de dónde dice venir, y cabeceras del prototipo. */
export const cabecerasAjenas = (azar: Azar): Readonly<Record<string, string>> =>
  Object.fromEntries([
    [uno(azar, ['x-actor', 'x-propietario', 'x-rol', 'x-forwarded-user', 'authorization', 'forwarded']), INTRUSO],
    [uno(azar, ['constructor', '__proto__', 'prototype', 'x-http-method-override', 'x-forwarded-for', 'traceparent']), INTRUSO],
  ])
